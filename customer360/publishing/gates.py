"""All gates on the newest build, evaluated together and recorded in ops.gate_results."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from psycopg2.extras import execute_values

from customer360.database.connection import Connection, connect
from customer360.publishing.builds import Build, live_as_of_date, newest_build
from customer360.publishing.comparisons import check_rows, check_tables, check_totals
from customer360.publishing.relations import LIVE, NEXT, OPERATOR, count_rows, relation_kinds
from customer360.publishing.results import GateReport, GateResult, verdict
from customer360.publishing.rules import GateRules, load_rules
from customer360.publishing.wholeness import check_wholeness
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt, target_dir
from customer360.transformation.manifest import Manifest, load_manifest

logger = logging.getLogger(__name__)


def evaluate_gates(
    settings: Settings,
    build_id: str | None = None,
    *,
    accept_losses: bool = False,
    rules: GateRules | None = None,
) -> GateReport:
    """Evaluate and record every gate on the newest build.

    Args:
        build_id: the build that the caller takes for the newest; another one fails the first gate.
        accept_losses: let the gates through that compare with the live warehouse; no other.
        rules: instead of those in gates.yml.

    Raises:
        NoBuild: if nothing was built yet.
    """
    rules = rules or load_rules()
    with connect(settings, role=OPERATOR) as connection:
        with connection:
            build, live_day = newest_build(connection), live_as_of_date(connection)
        manifest = manifest_of(settings, build)
        with connection:
            whole = check_wholeness(build, manifest, build_id)
            tables, table_rows = _check_marts(connection, manifest, rules)
        reconciled = _check_reconciliation(build, manifest, rules.reconciliation)
        results = (*whole, *reconciled, *tables)
        if accept_losses:
            results = tuple(result.waived() for result in results)
        report = GateReport(build, results, table_rows, live_day)
        with connection:
            _record(connection, report, datetime.now(UTC))
    return report


def manifest_of(settings: Settings, build: Build) -> Manifest:
    """Return the manifest that the build ran by; where it is gone, that of the project as it is."""
    for folder in (target_dir(settings), settings.dbt_project_dir / "target"):
        path = folder / "manifest.json"
        manifest = load_manifest(path) if path.exists() else None
        if manifest is not None and manifest.invocation_id in build.invocation_ids:
            return manifest
    logger.info("no manifest of build %s is left: reading the project anew", build.build_id)
    run_dbt(settings, ["parse"], build.build_id)
    return load_manifest(target_dir(settings) / "manifest.json")


def _check_marts(
    connection: Connection, manifest: Manifest, rules: GateRules
) -> tuple[list[GateResult], dict[str, int]]:
    """Return the verdicts on the marts' tables, and how many rows each holds."""
    marts = manifest.relations(NEXT)
    with connection.cursor() as cursor:
        present = marts & set(relation_kinds(cursor, NEXT))
        live = set(relation_kinds(cursor, LIVE))
    rows = count_rows(connection, NEXT, sorted(present))
    live_rows = count_rows(connection, LIVE, sorted(live))
    results = [
        check_tables(connection, marts),
        *check_rows(rows, live_rows, rules.rows),
        *check_totals(connection, rules, live),
    ]
    return results, rows


def _check_reconciliation(
    build: Build, manifest: Manifest, tests: Iterable[str]
) -> list[GateResult]:
    required = {node.name: node for node in manifest.required.values()}
    results = []
    for name in tests:
        node = required.get(name)
        run = build.node_runs.get(node.unique_id) if node else None
        status = run.status if run else ("did not run" if node else "no such test")
        results.append(
            verdict(
                "reconciliation",
                name,
                passed=run is not None and run.is_success,
                observed=status,
                expected="pass",
                message=_reconciliation_message(status, run.message if run else ""),
            )
        )
    return results


def _reconciliation_message(status: str, message: str) -> str:
    if status == "pass":
        return "Raw and marts agree."
    if status == "no such test":
        return "gates.yml names it, the project has no such test of severity error: correct one."
    return f"{message or 'It has no result.'} Run its query to see the rows that do not reconcile."


def _record(connection: Connection, report: GateReport, evaluated_at: datetime) -> None:
    rows = [
        (
            report.build.build_id,
            result.gate,
            result.subject,
            result.status.value,
            result.observed,
            result.expected,
            result.message,
            evaluated_at,
        )
        for result in report.results
    ]
    with connection.cursor() as cursor:
        execute_values(
            cursor,
            """
            insert into ops.gate_results
                (build_id, gate, subject, status, observed, expected, message, evaluated_at)
            values %s
            """,
            rows,
        )
