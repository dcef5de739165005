"""Pulls a table of another Postgres by COPY, in one snapshot, as one landing file.

COPY keeps null and empty text apart, streams, and needs no order. Rows whose watermark equals the
last one come again, because others with the same value may have been committed since; whoever needs
more of that, for long transactions, sets `overlap_seconds`. Staging takes a row's last version.
"""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composable, Identifier, Literal

from customer360.extracting.definitions import PostgresPull, Pull
from customer360.extracting.endpoints import Endpoint
from customer360.extracting.landing_writer import LandingFiles, LandingWriter
from customer360.extracting.outcomes import Piece, PullFailed
from customer360.extracting.progress import Progress
from customer360.landing.columns import folded

_CONNECT_SECONDS = 15
_BUFFER_BYTES = 256 * 1024
# What the text of values must not depend on; the other server may have other defaults.
_SESSION = """
    set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set timezone = 'UTC';
    set bytea_output = 'hex'; set client_encoding = 'UTF8'; set extra_float_digits = 1
"""
_TYPE_OF_COLUMN = """
    select format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = to_regclass(%s) and attname = %s and attnum > 0 and not attisdropped
"""
_COLUMNS = """
    select attname from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum
"""
_INSTANTS = ("timestamp", "date")


@dataclass(frozen=True)
class _Source:
    """The table, and the condition and newest value of its watermark column."""

    table: Identifier
    column: Identifier | None
    column_type: str

    @property
    def holds_instants(self) -> bool:
        return self.column_type.startswith(_INSTANTS)


def pull_postgres(  # noqa: PLR0913 - the same as of the other kinds
    pull: Pull,
    endpoint: Endpoint,
    progress: Progress,
    landing_dir: Path,
    now: dt.datetime,
    *,
    full: bool = False,
) -> tuple[list[Piece], str | None]:
    """Pull what is new; return the landing file, if there is anything, and the watermark.

    Raises:
        PullFailed: if the server has no such table or column, or does not let us read it.
        psycopg2.OperationalError: if it cannot be reached, or goes away.
    """
    definition = pull.definition
    if not isinstance(definition, PostgresPull):
        raise TypeError(definition.kind)
    state = progress.state(full=full)
    files = LandingFiles(
        landing_dir, pull, now, lambda sha256: progress.judge(state.run_id, sha256)
    )
    try:
        other = psycopg2.connect(
            endpoint.url, connect_timeout=_CONNECT_SECONDS, application_name="customer360 pull"
        )
    except psycopg2.ProgrammingError:
        raise PullFailed(
            f"connection {endpoint.connection} is no URL of a Postgres, such as "
            "postgresql://user:password@host:5432/database."
        ) from None
    try:
        other.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with other.cursor() as cursor, files.new() as file:
            cursor.execute(_SESSION)
            _require_columns(cursor, pull, definition)
            source = _source(cursor, pull, definition)
            since = _since(source, state.watermark_from, definition.overlap_seconds)
            _copy(cursor, source, since, file)
            seen = _newest(cursor, source, since, now)
    except (psycopg2.ProgrammingError, psycopg2.DataError) as error:
        raise PullFailed(
            f"connection {endpoint.connection}: {definition.table} cannot be pulled: "
            f"{str(error).strip()}"
        ) from error
    finally:
        other.close()
    end = replace(state, position=None, watermark_seen=seen or state.watermark_seen)
    progress.record(end, file.piece)
    return [file.piece] if file.piece else [], end.watermark_seen


def _require_columns(cursor: Cursor, pull: Pull, definition: PostgresPull) -> None:
    """Refuse a table whose file the loader would reject; one that is not there, COPY refuses."""
    cursor.execute(_COLUMNS, [Identifier(*definition.table.split(".")).as_string(cursor)])
    names = [str(name) for (name,) in cursor.fetchall()]
    present = {folded(name) for name in names}
    missing = [column for column in pull.contract.required if folded(column) not in present]
    if names and missing:
        raise PullFailed(
            f"{pull.feed}: {definition.table} at connection {definition.connection} has no column "
            f"{', '.join(missing)}, which the contract requires; it has {', '.join(names)}. Name "
            f"a view that has it in `pull.table`, or change `required` in "
            f"{pull.contract.declared_in}."
        )


def _source(cursor: Cursor, pull: Pull, definition: PostgresPull) -> _Source:
    table = Identifier(*definition.table.split("."))
    name = table.as_string(cursor)
    if not definition.watermark:
        return _Source(table, None, "")
    cursor.execute(_TYPE_OF_COLUMN, [name, definition.watermark])
    found = cursor.fetchone()
    if found is None:
        raise PullFailed(
            f"{pull.feed}: there is no column {definition.watermark} of {definition.table} at "
            f"connection {definition.connection}, or no right to see it."
        )
    return _Source(table, Identifier(definition.watermark), found[0])


def _since(source: _Source, watermark: str | None, overlap_seconds: int) -> Composable:
    """Return the condition for rows that may be new."""
    if source.column is None or watermark is None:
        return SQL("true")
    value = SQL("cast({} as {})").format(Literal(watermark), SQL(source.column_type))
    if source.holds_instants and overlap_seconds:
        value = SQL("{} - make_interval(secs => {})").format(value, Literal(overlap_seconds))
    # What has no watermark cannot be told from what is new.
    return SQL("({0} >= {1} or {0} is null)").format(source.column, value)


def _copy(cursor: Cursor, source: _Source, since: Composable, file: LandingWriter) -> None:
    query = SQL("copy (select * from {} where {}) to stdout with (format csv, header)")
    statement = query.format(source.table, since).as_string(cursor)
    cursor.copy_expert(statement, file, size=_BUFFER_BYTES)
    file.rows = cursor.rowcount


def _newest(cursor: Cursor, source: _Source, since: Composable, now: dt.datetime) -> str | None:
    """Return the newest watermark in the same snapshot; instants later than now do not count."""
    if source.column is None:
        return None
    is_past = (
        SQL("{} <= {}").format(source.column, Literal(now.astimezone(dt.UTC)))
        if source.holds_instants
        else SQL("true")
    )
    query = SQL("select cast(max({}) as text) from {} where {} and {}")
    cursor.execute(query.format(source.column, source.table, since, is_past))
    (newest,) = cursor.fetchone() or (None,)
    return None if newest is None else str(newest)
