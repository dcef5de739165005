"""Where the pipeline stands: loads, newest build with its slowest models, gates, publication."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from rich.box import SIMPLE_HEAD
from rich.table import Table

from customer360.database.connection import connect
from customer360.settings import Settings

_LOADS = """
    select
        load_batches.feed,
        count(*) filter (where load_batches.status = 'loaded') as files,
        count(*) filter (where load_batches.status = 'rejected') as rejected,
        coalesce(sum(load_batches.rows_loaded), 0) as rows,
        coalesce(sum(load_batches.rows_quarantined), 0) as quarantined,
        to_char(max(load_batches.finished_at), 'YYYY-MM-DD HH24:MI') as last_load
    from ops.load_batches
    group by load_batches.feed
    order by load_batches.feed
"""
_BUILD = """
    with newest as (
        select builds.build_id
        from ops.builds
        order by builds.started_at desc
        limit 1
    )

    select
        newest.build_id,
        (
            select to_char(min(builds.started_at), 'YYYY-MM-DD HH24:MI')
            from ops.builds
            where builds.build_id = newest.build_id
        ) as started,
        count(node_results.unique_id) filter (
            where node_results.status in ('success', 'pass')
        ) as succeeded,
        count(node_results.unique_id) filter (where node_results.status = 'warn') as warned,
        count(node_results.unique_id) filter (
            where node_results.status not in ('success', 'pass', 'warn')
        ) as failed,
        coalesce(round(sum(node_results.execution_seconds), 1), 0) as seconds
    from newest
    left join ops.node_results
        on newest.build_id = node_results.build_id and node_results.resource_type <> 'operation'
    group by newest.build_id
"""
_SLOWEST = """
    select
        split_part(node_results.unique_id, '.', 3) as node,
        node_results.layer,
        node_results.execution_seconds as seconds,
        node_results.rows_affected as rows
    from ops.node_results
    where
        node_results.build_id = %s
        and node_results.resource_type in ('model', 'seed', 'snapshot')
    order by node_results.execution_seconds desc, node_results.unique_id
    limit 5
"""
_GATES = """
    select
        gate_results.build_id,
        to_char(gate_results.evaluated_at, 'YYYY-MM-DD HH24:MI') as evaluated,
        count(*) filter (where gate_results.status = 'passed') as passed,
        count(*) filter (where gate_results.status = 'waived') as waived,
        count(*) filter (where gate_results.status = 'failed') as failed
    from ops.gate_results
    where gate_results.evaluated_at = (select max(evaluated_at) from ops.gate_results)
    group by gate_results.build_id, gate_results.evaluated_at
"""
_PUBLICATION = """
    select
        publications.kind,
        publications.build_id,
        publications.as_of_date,
        to_char(publications.published_at, 'YYYY-MM-DD HH24:MI') as published
    from ops.publications
    order by publications.publication_id desc
    limit 1
"""


@dataclass(frozen=True)
class Section:
    """A heading with rows under it; no rows say that there is nothing yet."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def read_status(settings: Settings) -> tuple[Section, ...]:
    """Read every section from the database.

    Raises:
        psycopg2.Error: if no server answers or the database was never set up.
    """
    with connect(settings) as connection, connection.cursor() as cursor:
        loads = _section(cursor, "Loads", _LOADS)
        build = _section(cursor, "Newest build", _BUILD)
        build_id = build.rows[0][0] if build.rows else None
        slowest = _section(cursor, "Its slowest models", _SLOWEST, [build_id])
        gates = _section(cursor, "Gates, last looked at", _GATES)
        publication = _section(cursor, "What readers see", _PUBLICATION)
    return loads, build, slowest, gates, publication


def _section(cursor: Cursor, title: str, query: str, values: Sequence[object] = ()) -> Section:
    cursor.execute(query, values)
    columns = tuple(column.name.replace("_", " ") for column in cursor.description or ())
    return Section(title, columns, tuple(cursor.fetchall()))


def status_tables(sections: Sequence[Section]) -> Iterator[Table | str]:
    """Yield each section as the terminal shows it."""
    for section in sections:
        if not section.rows:
            yield f"{section.title}: nothing yet"
            continue
        table = Table(title=section.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for column in section.columns:
            table.add_column(column, overflow="fold")
        for row in section.rows:
            table.add_row(*("" if value is None else f"{value}" for value in row))
        yield table
