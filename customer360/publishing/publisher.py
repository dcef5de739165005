"""Publication and rollback: schemas exchange names in one transaction, and readers never wait.

A statement on one table sees one generation. Postgres looks names up one by one, so a statement on
several tables that is parsed in the very microseconds of the exchange may get both, and so may a
transaction with statements before and after it. Who must never (an extract of many tables) first
takes `pg_advisory_xact_lock_shared(hashtext('customer360'), hashtext('publication'))`: then a
publication waits for the end of that transaction, within its retries.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import Json
from psycopg2.sql import SQL, Identifier, Literal

from customer360.database.connection import Connection, connect
from customer360.publishing import relations
from customer360.publishing.builds import is_published, newest_invocation
from customer360.publishing.gates import evaluate_gates
from customer360.publishing.old_snapshots import await_end_of_old_snapshots, held_up_by
from customer360.publishing.relations import LIVE, NEXT, PREVIOUS, RETIRED
from customer360.publishing.results import GateReport, GatesFailed, verdict
from customer360.publishing.rules import GateRules
from customer360.settings import Settings

logger = logging.getLogger(__name__)

_LOCK_TIMEOUT = "2s"
_ATTEMPTS = 5
_SWAP = "warehouse_exchanged"


class NothingToRollBack(Exception):  # noqa: N818 - the name says what happened
    """There is no generation before the published one."""


class WarehouseBusy(Exception):  # noqa: N818 - the name says what happened
    """Locks or old snapshots of other sessions stood in the way for as long as we wait."""


@dataclass(frozen=True)
class Publication:
    """A row of ops.publications: the build that readers see from now on."""

    publication_id: int
    build_id: str
    kind: str
    replaced_build_id: str | None
    as_of_date: date | None
    published_at: datetime
    table_rows: Mapping[str, int]
    warnings: tuple[str, ...] = ()


def publish(
    settings: Settings,
    build_id: str | None = None,
    *,
    rules: GateRules | None = None,
) -> Publication:
    """Swap the newest build into `warehouse` if every gate lets it pass.

    Args:
        build_id: the build that the caller takes for the newest; another one is refused.
        rules: instead of those in gates.yml.

    Raises:
        NoBuild: if nothing was built yet.
        GatesFailed: if a gate stands against it; `warehouse` is as it was.
        WarehouseBusy: if a lock could not be had, or a transaction from before the build does not
            end; `warehouse` is as it was, and trying later helps.
    """
    report = evaluate_gates(settings, build_id, rules=rules)
    report.require_passed()
    with connect(settings, role=relations.OPERATOR) as connection:
        _require_no_old_snapshots(connection, report, settings.publication_wait_seconds)
        publication = _with_retries(connection, lambda cursor: _swap(cursor, report))
        overridden = [f"Overridden: {result.name}. {result.message}" for result in report.waived]
        return replace(publication, warnings=(*overridden, *_drop_retired(connection)))


def _require_no_old_snapshots(connection: Connection, report: GateReport, seconds: float) -> None:
    holders = await_end_of_old_snapshots(connection, report.build.build_id, seconds)
    if holders:
        raise WarehouseBusy(held_up_by(holders))


def rollback(settings: Settings) -> Publication:
    """Exchange `warehouse` and `warehouse_previous`; a second rollback goes forward again.

    It asks no gate, and waits for no build and no old snapshot: what comes back was published
    before, and the publication waited then.

    Raises:
        NothingToRollBack: if there is no generation before the published one.
        WarehouseBusy: if a lock could not be had; `warehouse` is as it was, and trying later helps.
    """
    with connect(settings, role=relations.OPERATOR) as connection:
        return _with_retries(connection, _exchange_back)


def live_publication(cursor: Cursor) -> Publication | None:
    """Return the publication that readers see now; None before the first."""
    cursor.execute(f"{_PUBLICATIONS} order by publication_id desc limit 1")
    row = cursor.fetchone()
    return Publication(*row) if row else None


_COLUMNS = "publication_id, build_id, kind, replaced_build_id, as_of_date, published_at, table_rows"
_PUBLICATIONS = f"select {_COLUMNS} from ops.publications"  # noqa: S608 - constants only


def _swap(cursor: Cursor, report: GateReport) -> Publication:
    _take_locks(cursor)
    cursor.execute("select ops.hold_new_builds()")
    _require_unchanged(cursor, report)
    relations.drop_relations(cursor, NEXT, _strays(cursor, report))
    replaced = live_publication(cursor)
    publication = _record(
        cursor,
        build_id=report.build.build_id,
        kind="publish",
        replaced_build_id=replaced.build_id if replaced else None,
        as_of_date=report.build.as_of_date,
        table_rows=report.table_rows,
    )
    _retire_previous(cursor, publication.publication_id)
    relations.open_to_readers(cursor, NEXT)
    relations.rename_schema(cursor, NEXT, LIVE)
    relations.renew_views_of_live(cursor)
    return publication


def _take_locks(cursor: Cursor) -> None:
    """One publication or rollback at a time; whatever else is in the way is tried again later."""
    cursor.execute(SQL("set local lock_timeout = {}").format(Literal(_LOCK_TIMEOUT)))
    cursor.execute("select pg_advisory_xact_lock(hashtext('customer360'), hashtext('publication'))")


def _require_unchanged(cursor: Cursor, report: GateReport) -> None:
    """Refuse if, since the gates looked, another dbt command began or another process published."""
    build = report.build
    build_id, invocation_id = newest_invocation(cursor.connection)
    if invocation_id != build.newest_invocation.invocation_id:
        message = f"dbt began to write again (build {build_id}) after the gates had looked."
    elif is_published(cursor.connection, build.build_id):
        message = "Another process published this build meanwhile."
    else:
        return
    result = verdict(
        "unchanged", build.build_id, passed=False, observed="no", expected="yes", message=message
    )
    raise GatesFailed(build.build_id, [result])


def _strays(cursor: Cursor, report: GateReport) -> list[str]:
    """Return what lies in warehouse_next and is no mart of this build, as a removed model is."""
    strays = sorted(set(relations.relation_kinds(cursor, NEXT)) - set(report.table_rows))
    if strays:
        logger.info("dropping what the project does not know: %s", ", ".join(strays))
    return strays


def _retire_previous(cursor: Cursor, publication_id: int) -> None:
    """Make the live generation the previous one; the empty schema of a new database is none."""
    if not relations.relation_kinds(cursor, LIVE):
        cursor.execute(SQL("drop schema if exists {}").format(Identifier(LIVE)))
        return
    if relations.schema_exists(cursor, PREVIOUS):
        relations.rename_schema(cursor, PREVIOUS, f"{RETIRED}{publication_id}")
    relations.close_to_readers(cursor, LIVE)
    relations.rename_schema(cursor, LIVE, PREVIOUS)


def _exchange_back(cursor: Cursor) -> Publication:
    _take_locks(cursor)
    live = live_publication(cursor)
    if live is None or live.replaced_build_id is None or not _has_previous(cursor):
        raise NothingToRollBack(
            "There is no generation before the published one: "
            f"{PREVIOUS} is made by the second publication."
        )
    relations.close_to_readers(cursor, LIVE)
    relations.open_to_readers(cursor, PREVIOUS)
    relations.rename_schema(cursor, LIVE, _SWAP)
    relations.rename_schema(cursor, PREVIOUS, LIVE)
    relations.rename_schema(cursor, _SWAP, PREVIOUS)
    relations.renew_views_of_live(cursor)
    restored = _publication_of(cursor, live.replaced_build_id)
    return _record(
        cursor,
        build_id=live.replaced_build_id,
        kind="rollback",
        replaced_build_id=live.build_id,
        as_of_date=restored.as_of_date,
        table_rows=restored.table_rows,
    )


def _has_previous(cursor: Cursor) -> bool:
    return relations.schema_exists(cursor, PREVIOUS)


def _publication_of(cursor: Cursor, build_id: str) -> Publication:
    cursor.execute(f"{_PUBLICATIONS} where build_id = %s and kind = 'publish'", [build_id])
    return Publication(*(cursor.fetchone() or ()))


def _record(  # noqa: PLR0913 - the columns of ops.publications
    cursor: Cursor,
    *,
    build_id: str,
    kind: str,
    replaced_build_id: str | None,
    as_of_date: date | None,
    table_rows: Mapping[str, int],
) -> Publication:
    cursor.execute(
        f"""
        insert into ops.publications (build_id, kind, replaced_build_id, as_of_date, table_rows)
        values (%s, %s, %s, %s, %s)
        returning {_COLUMNS}
        """,  # noqa: S608 - constants only
        [build_id, kind, replaced_build_id, as_of_date, Json(dict(table_rows))],
    )
    return Publication(*(cursor.fetchone() or ()))


def _with_retries(connection: Connection, work: Callable[[Cursor], Publication]) -> Publication:
    """Run `work` in one transaction, again after a while where a lock stood in its way."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with connection, connection.cursor() as cursor:
                return work(cursor)
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected) as error:
            logger.warning("attempt %s of %s: %s", attempt, _ATTEMPTS, str(error).strip())
            time.sleep(0.2 * attempt)
    raise WarehouseBusy(
        f"Other sessions held locks in each of {_ATTEMPTS} attempts; the warehouse is as it was. "
        "Find them in pg_stat_activity (state <> 'idle'), let them end, then try again."
    )


def _drop_retired(connection: Connection) -> tuple[str, ...]:
    """Drop retired generations; what is still in use stays until the next publication."""
    with connection, connection.cursor() as cursor:
        schemas = relations.retired_schemas(cursor)
    warnings = []
    for schema in schemas:
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(SQL("set local lock_timeout = {}").format(Literal(_LOCK_TIMEOUT)))
                relations.drop_schema_unless_used(cursor, schema)
        except psycopg2.errors.DependentObjectsStillExist as error:
            detail = " ".join((error.diag.message_detail or "").split())
            warnings.append(
                f"{schema} stays, other objects read it: {detail}. Make them anew on {LIVE}."
            )
        except psycopg2.OperationalError as error:  # most often a reader's lock
            warnings.append(f"{schema} stays until the next publication: {str(error).strip()}")
    for warning in warnings:
        logger.warning("%s", warning)
    return tuple(warnings)
