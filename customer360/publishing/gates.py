"""All gates on the newest build, evaluated together and recorded in ops.gate_results."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from psycopg2.extras import execute_values

from customer360.database.connection import Connection, connect
from customer360.publishing.builds import Build, live_as_of_date, newest_build
from customer360.publishing.comparisons import check_rows, check_tables, check_totals
from customer360.publishing.drift import check_distributions, check_freshness, check_nulls
from customer360.publishing.failed_rows import query_of_test, store_failed_rows
from customer360.publishing.matching import check_matching
from customer360.publishing.overrides import (
    apply_overrides,
    overridable,
    overrides_of,
    record_overrides,
)
from customer360.publishing.relations import (
    LIVE,
    NEXT,
    OPERATOR,
    count_rows,
    relation_kinds,
    tables_of,
)
from customer360.publishing.results import GateReport, GateResult, verdict
from customer360.publishing.rules import GateRules, load_rules
from customer360.publishing.wholeness import check_wholeness
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt, target_dir
from customer360.transformation.manifest import Manifest, Node, load_manifest

Days = tuple[date | None, date | None]
logger = logging.getLogger(__name__)


def evaluate_gates(
    settings: Settings,
    build_id: str | None = None,
    *,
    rules: GateRules | None = None,
) -> GateReport:
    """Evaluate and record every gate on the newest build, with what was overridden of it.

    Args:
        build_id: the build that the caller takes for the newest; another one fails the first gate.
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
            tables, table_rows = _check_marts(
                connection, (build.as_of_date, live_day), manifest, rules
            )
            overrides = overrides_of(connection, build.build_id)
        target = target_dir(settings)
        failed_tests = _check_failed_tests(build, manifest, rules.reconciliation, target)
        reconciled = _check_reconciliation(build, manifest, rules.reconciliation, target)
        results = apply_overrides((*whole, *reconciled, *failed_tests, *tables), overrides)
        report = GateReport(build, results, table_rows, live_day)
        with connection:
            _record(connection, report, datetime.now(UTC))
        store_failed_rows(connection, build.build_id, (*report.failed, *report.waived))
    return report


def override_gates(
    settings: Settings, names: Sequence[str], reason: str, *, rules: GateRules | None = None
) -> GateReport:
    """Let failed gates of the newest build pass, and evaluate all of them again.

    Args:
        names: GATE:SUBJECT of each, or `all` for every one that compares with the live warehouse.

    Raises:
        NoBuild: if nothing was built yet.
        OverrideRefused: if one may not be overridden, or the reason is none; nothing is kept.
    """
    report = evaluate_gates(settings, rules=rules)
    chosen = overridable(report.results, names, reason)
    with connect(settings, role=OPERATOR) as connection, connection:
        record_overrides(connection, report.build.build_id, chosen, reason)
    return evaluate_gates(settings, report.build.build_id, rules=rules)


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
    connection: Connection, days: Days, manifest: Manifest, rules: GateRules
) -> tuple[list[GateResult], dict[str, int]]:
    """Return the verdicts on the marts' tables, and how many rows each holds."""
    marts = manifest.relations(NEXT)
    with connection.cursor() as cursor:
        present = marts & set(relation_kinds(cursor, NEXT))
        live = set(relation_kinds(cursor, LIVE))
    rows = count_rows(connection, NEXT, sorted(present))
    live_rows = count_rows(connection, LIVE, sorted(live))
    keys = manifest.keys(NEXT)
    results = [
        check_tables(connection, marts),
        *check_rows(rows, live_rows, rules.rows, keys),
        *check_totals(connection, rules, live, keys),
        *_check_drift(connection, days, rules, (rows, live_rows), keys),
    ]
    return results, rows


def _check_drift(
    connection: Connection,
    days: Days,
    rules: GateRules,
    rows: tuple[Mapping[str, int], Mapping[str, int]],
    keys: Mapping[str, Sequence[str]],
) -> list[GateResult]:
    """Return the verdicts on values; a mart that is a view, as of a killed build, has none."""
    results = []
    with connection.cursor() as cursor:
        tables = sorted({*tables_of(cursor, NEXT)} & rows[0].keys() & {*tables_of(cursor, LIVE)})
        if rules.nulls is not None:
            least = max(rules.nulls.min_rows, 1)
            judged = [name for name in tables if min(side[name] for side in rows) >= least]
            results += check_nulls(cursor, rules.nulls, judged, keys)
        results += check_distributions(cursor, rules.distributions, tables)
        if rules.freshness is not None:
            results += check_freshness(cursor, rules.freshness, days, set(tables))
        if rules.matching is not None:
            results += check_matching(cursor, rules.matching)
    return results


def _check_failed_tests(
    build: Build, manifest: Manifest, reconciliation: Iterable[str], target: Path
) -> list[GateResult]:
    """Return a verdict for each other data test that failed, so that its rows are kept too."""
    others = set(manifest.required.values()) - _named(manifest, reconciliation)
    return [
        replace(
            verdict(
                "test",
                node.name,
                passed=False,
                observed=f"{build.node_runs[node.unique_id].failures or 'unknown'} rows",
                expected="0 rows",
                message=build.node_runs[node.unique_id].message or "It failed.",
            ),
            rows_query=query_of_test(node, target),
        )
        for node in sorted(others, key=lambda node: node.name)
        if node.resource_type == "test"
        and node.unique_id in build.node_runs
        and build.node_runs[node.unique_id].status == "fail"
    ]


def _named(manifest: Manifest, names: Iterable[str]) -> set[Node]:
    wanted = set(names)
    return {node for node in manifest.required.values() if node.name in wanted}


def _check_reconciliation(
    build: Build, manifest: Manifest, tests: Iterable[str], target: Path
) -> list[GateResult]:
    required = {node.name: node for node in manifest.required.values()}
    results = []
    for name in tests:
        node = required.get(name)
        run = build.node_runs.get(node.unique_id) if node else None
        status = run.status if run else ("did not run" if node else "no such test")
        result = verdict(
            "reconciliation",
            name,
            passed=run is not None and run.is_success,
            observed=status,
            expected="pass",
            message=_reconciliation_message(status, run.message if run else ""),
        )
        query = query_of_test(node, target) if node and status == "fail" else None
        results.append(replace(result, rows_query=query))
    return results


def _reconciliation_message(status: str, message: str) -> str:
    if status == "pass":
        return "Raw and marts agree."
    if status == "no such test":
        return "gates.yml names it, the project has no such test of severity error: correct one."
    return f"{message or 'It has no result.'} The rows do not reconcile."


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
