"""Where the pipeline stands, for a person: what readers see, how old it is, what is red, and why.

First a line on what readers see and one for each thing that needs somebody, then the details.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from customer360.database.connection import connect
from customer360.operations import status_queries as queries
from customer360.settings import Settings

_STYLES = {"failed": "bold red", "up_for_retry": "yellow", "skipped": "dim", "success": "green"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Section:
    """A heading with rows under it; no rows say that there is nothing yet."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Status:
    """What readers see, what needs somebody, and the details."""

    published: str
    troubles: tuple[str, ...]
    sections: tuple[Section, ...]


def read_status(settings: Settings, now: datetime) -> Status:
    """Read everything from the database.

    Raises:
        psycopg2.Error: if no server answers or the database was never set up.
    """
    with connect(settings) as connection, connection.cursor() as cursor:
        build = _section(cursor, "Newest build", queries.BUILD)
        build_id = build.rows[0][0] if build.rows else None
        sections = (
            _section(cursor, "Last run of each DAG", queries.RUNS),
            build,
            _section(cursor, "Its slowest models", queries.SLOWEST, [build_id]),
            _section(cursor, "Gates, last looked at", queries.GATES),
            _section(cursor, "Feeds", queries.FEEDS),
        )
        return Status(_published(cursor, now), _troubles(cursor, now), sections)


def _section(
    cursor: Cursor, title: str, query: str, values: Sequence[object] | None = None
) -> Section:
    cursor.execute(query, values)
    columns = tuple(column.name.replace("_", " ") for column in cursor.description or ())
    rows = tuple(tuple(row) for row in cursor.fetchall())
    return Section(title, columns, rows)


def _published(cursor: Cursor, now: datetime) -> str:
    cursor.execute(queries.PUBLICATION)
    row = cursor.fetchone()
    if row is None:
        return "Nothing is published yet."
    kind, build_id, as_of_date, published_at, tables = row
    how = "published" if kind == "publish" else "brought back by a rollback"
    return (
        f"Readers see build {build_id}, as of {as_of_date or 'no day'}: {tables} tables, {how} "
        f"{age_text(now, published_at)} ago."
    )


def _troubles(cursor: Cursor, now: datetime) -> tuple[str, ...]:
    """Return a line for each thing that needs somebody, with the page that says what to do."""
    troubles = []
    cursor.execute(queries.FAILED_TASKS)
    for dag_id, task_id, ended_at, message in cursor.fetchall():
        first_line = (message or "it left no message").strip().splitlines()[0]
        troubles.append(f"{dag_id} · {task_id} failed {age_text(now, ended_at)} ago: {first_line}")
    cursor.execute(queries.FAILED_GATES)
    troubles += [f"Gate {name} stands in the way: {message}" for name, message in cursor]
    cursor.execute(queries.OVERRIDES)
    troubles += [
        f"Gate {name} of the live build was overridden by {who}: {reason}"
        for name, who, reason in cursor
    ]
    cursor.execute(queries.UNPUBLISHED)
    ((batches,),) = cursor.fetchall()
    if batches:
        troubles.append(f"{batches} loads are not in the published build yet.")
    return tuple(troubles)


def age_text(now: datetime, then: datetime) -> str:
    """Return how long ago, in the largest unit that is not zero."""
    seconds = max((now - then).total_seconds(), 0)
    for size, unit in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def status_lines(status: Status, now: datetime) -> Iterator[Table | Text | str]:
    """Yield everything as the terminal shows it."""
    yield Text(status.published, style="bold")
    for trouble in status.troubles:
        yield Text(f"! {trouble}", style="yellow")
    if not status.troubles:
        yield Text("Nothing needs you.", style="green")
    else:
        yield Text("What to do about each: docs/runbooks/README.md")
    for section in status.sections:
        yield _table(section, now) if section.rows else f"{section.title}: nothing yet"


def _table(section: Section, now: datetime) -> Table:
    table = Table(title=section.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(section.columns):
        is_number = all(isinstance(row[position], int | float) for row in section.rows)
        table.add_column(
            column,
            overflow="fold",
            justify="right" if is_number else "left",
            no_wrap=position == 0,
        )
    for row in section.rows:
        table.add_row(*(_cell(value, now) for value in row))
    return table


def _cell(value: object, now: datetime) -> Text:
    if isinstance(value, datetime):
        return Text(f"{age_text(now, value)} ago")
    if isinstance(value, int | float):
        return Text(f"{value:,}")
    text = "" if value is None else f"{value}"
    return Text(text, style=_STYLES.get(text, ""))
