"""What the pipeline brought about, counted in the database."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from customer360.database.connection import connect
from customer360.settings import Settings


@dataclass(frozen=True)
class Feed:
    """One feed: its loaded files and their rows, over all loads."""

    name: str
    files: int
    rows_loaded: int
    rows_quarantined: int


@dataclass(frozen=True)
class Segment:
    """One RFM segment of the published warehouse; revenue is net of refunds."""

    name: str
    customers: int
    revenue: Decimal


@dataclass(frozen=True)
class Publication:
    """The newest publication and the gates that let it pass."""

    build_id: str
    published_at: datetime
    as_of_date: date | None
    tables: int
    gates_passed: int
    gates_total: int
    overridden: list[str]


@dataclass(frozen=True)
class Numbers:
    """What the summary shows."""

    feeds: tuple[Feed, ...]
    publication: Publication
    customer_records: int
    customers: int
    segments: tuple[Segment, ...]


_FEEDS = """
    select feed, count(*), sum(rows_loaded)::bigint, sum(rows_quarantined)::bigint
    from ops.load_batches
    where status = 'loaded'
    group by feed
    order by feed
"""
_PUBLICATION = """
    select
        newest.build_id,
        newest.published_at,
        newest.as_of_date,
        (select count(*) from jsonb_object_keys(newest.table_rows)),
        count(*) filter (where gate_results.status = 'passed'),
        count(*),
        coalesce(
            array_agg(
                gate_results.gate || ':' || gate_results.subject || '. ' || gate_results.message
                order by gate_results.gate_result_id
            ) filter (where gate_results.status = 'waived'),
            '{}'
        )
    from (
        select * from ops.publications order by published_at desc, publication_id desc limit 1
    ) as newest
    left join ops.gate_results
        on newest.build_id = gate_results.build_id
        and gate_results.evaluated_at = (
            select max(evaluated_at) from ops.gate_results
            where build_id = newest.build_id and evaluated_at <= newest.published_at
        )
    group by 1, 2, 3, 4
"""
_RECORDS = "select count(*), count(distinct customer_id) from identity.identity_customers"
_SEGMENTS = """
    select segment, count(*), sum(monetary)
    from warehouse.customer_rfm
    group by segment
    order by sum(monetary) desc, segment
"""


def read_numbers(settings: Settings) -> Numbers | None:
    """Count loads, customers, segments and gates; None where nothing is published yet."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_PUBLICATION)
        publication = cursor.fetchone()
        if publication is None:
            return None
        cursor.execute(_FEEDS)
        feeds = tuple(Feed(*row) for row in cursor.fetchall())
        cursor.execute(_SEGMENTS)
        segments = tuple(Segment(*row) for row in cursor.fetchall())
        cursor.execute(_RECORDS)
        records, customers = cursor.fetchone() or (0, 0)
    return Numbers(feeds, Publication(*publication), records, customers, segments)
