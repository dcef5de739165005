"""The rows that a failed gate found, kept in ops.gate_failed_rows until the gates look again.

They may hold personal data, as the rows of a data test do, so they are few and do not stay.
"""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import Json
from psycopg2.sql import SQL, Composed

from customer360.database.connection import Connection
from customer360.publishing.profiles import limited
from customer360.publishing.results import GateResult
from customer360.transformation.failures import compiled_file
from customer360.transformation.manifest import Node

logger = logging.getLogger(__name__)

ROWS_KEPT = 20
_SECONDS = 30


def query_of_test(node: Node, target: Path) -> Composed | None:
    """Return the query of a data test as dbt compiled it; None where it is gone."""
    path = compiled_file(target, node.path, node.name)
    if path is None:
        return None
    return SQL("{}").format(SQL(path.read_text().strip().rstrip(";")))


def store_failed_rows(connection: Connection, build_id: str, failed: Iterable[GateResult]) -> None:
    """Replace what the last evaluation kept by the rows of these verdicts."""
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from ops.gate_failed_rows")
    for result in failed:
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(f"set local statement_timeout = '{_SECONDS}s'")
                _store(cursor, build_id, result)
        except psycopg2.Error as error:
            logger.warning("no rows kept for %s: %s", result.name, str(error).strip())


def _store(cursor: Any, build_id: str, result: GateResult) -> None:
    if result.rows_query is None:
        return
    cursor.execute(limited(SQL("{}").format(result.rows_query), ROWS_KEPT))
    for number, (row,) in enumerate(cursor.fetchall(), start=1):
        cursor.execute(
            "insert into ops.gate_failed_rows (build_id, gate, subject, row_number, row_values) "
            "values (%s, %s, %s, %s, %s)",
            [build_id, result.gate, result.subject, number, Json(row)],
        )


def failed_rows(connection: Connection, result: GateResult) -> Sequence[dict[str, Any]]:
    """Return the rows kept for a verdict."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_values from ops.gate_failed_rows "
            "where gate = %s and subject = %s order by row_number",
            [result.gate, result.subject],
        )
        return [row for (row,) in cursor.fetchall()]
