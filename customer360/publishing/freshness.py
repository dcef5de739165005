"""Does the warehouse hold all that was loaded? If so, the ingest starts no build."""

from customer360.database.connection import connect
from customer360.settings import Settings

# Batches loaded after the newest published build began; a rollback does not make them new.
UNPUBLISHED = """
    with newest_publication as (
        select build_id
        from ops.publications
        where kind = 'publish'
        order by published_at desc, publication_id desc
        limit 1
    ),

    its_start as (
        select min(builds.started_at) as started_at
        from ops.builds
        inner join newest_publication on builds.build_id = newest_publication.build_id
    )

    select count(*)
    from ops.load_batches
    cross join its_start
    where
        load_batches.status in ('loaded', 'replayed')
        and (its_start.started_at is null or load_batches.finished_at >= its_start.started_at)
"""


def unpublished_batches(settings: Settings) -> int:
    """Return how many loaded batches no published build has seen."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(UNPUBLISHED)
        (count,) = cursor.fetchone() or (0,)
    return int(count)
