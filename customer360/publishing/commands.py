"""`customer360 gates`, `publish`, `rollback` and `status`: what they print and how they end."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import psycopg2
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from customer360.database.connection import connect
from customer360.exporting.commands import export_marts
from customer360.exporting.exporter import DEFAULT_ROLE
from customer360.operations.status import read_status, status_lines
from customer360.publishing.builds import NoBuild
from customer360.publishing.failed_rows import failed_rows
from customer360.publishing.gates import evaluate_gates, override_gates
from customer360.publishing.overrides import OverrideRefused
from customer360.publishing.publisher import (
    NothingToRollBack,
    Publication,
    WarehouseBusy,
    publish,
    rollback,
)
from customer360.publishing.relations import OPERATOR
from customer360.publishing.results import GateResult, GatesFailed, Status
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed

EXIT_FAILED = 1
EXIT_NOT_EXPORTED = 3  # published or rolled back, but the extracts did not follow
_ROWS_SHOWN = 5
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later

_WORDS = {Status.PASSED: "passed", Status.FAILED: "failed", Status.WAIVED: "overridden"}
_STYLES = {Status.PASSED: "green", Status.FAILED: "bold red", Status.WAIVED: "yellow"}


def show_gates(
    settings: Settings, console: Console, override: Sequence[str] = (), reason: str = ""
) -> int:
    """Override what is named, evaluate the gates on the newest build and print what came of it.

    Return the exit code.
    """

    def work() -> int:
        if override:
            report = override_gates(settings, override, reason)
        else:
            report = evaluate_gates(settings)
        console.print(gates_table(report.build.build_id, report.results))
        with connect(settings, role=OPERATOR) as connection:
            for result in report.failed:
                _explain(console, result, failed_rows(connection, result))
        for result in report.waived:
            console.print(f"{result.name}: {result.message}", style="yellow", markup=False)
        return EXIT_FAILED if report.failed else 0

    return _guarded(console, work)


def _explain(console: Console, result: GateResult, rows: Sequence[Mapping[str, object]]) -> None:
    _complain(console, f"{result.name}: {result.message}")
    for row in rows[:_ROWS_SHOWN]:
        values = ", ".join(f"{name} {value}" for name, value in row.items())
        console.print(f"    {values}", markup=False, highlight=False, soft_wrap=True)
    if len(rows) > _ROWS_SHOWN:
        console.print(f"    … more in ops.gate_failed_rows ({len(rows)} are kept)")
    if result.may_be_waived:
        command = f'customer360 gates --override {result.name!r} --reason "…"'
        console.print(f"    If it is meant: {command}", markup=False, soft_wrap=True)


def publish_build(settings: Settings, console: Console, now: datetime) -> int:
    """Publish the newest build if its gates pass, and its extracts; return the exit code."""

    def work() -> int:
        _tell(console, publish(settings), "Published")
        return _let_extracts_follow(settings, console, now)

    return _guarded(console, work)


def rollback_publication(settings: Settings, console: Console, now: datetime) -> int:
    """Put the generation before the published one back, and its extracts; return the exit code."""

    def work() -> int:
        _tell(console, rollback(settings), "Rolled back to")
        return _let_extracts_follow(settings, console, now)

    return _guarded(console, work)


def _let_extracts_follow(settings: Settings, console: Console, now: datetime) -> int:
    """Export what readers see from now on; where that fails, the publication stands."""
    try:
        is_exported = export_marts(settings, console, now, role=DEFAULT_ROLE) == 0
    except psycopg2.Error as error:
        _complain(console, str(error).strip())
        is_exported = False
    if not is_exported:
        _complain(
            console,
            "The publication stands, but the extracts are those from before it. "
            "`customer360 export` writes them anew once that is mended.",
        )
    return 0 if is_exported else EXIT_NOT_EXPORTED


def show_status(settings: Settings, console: Console, now: datetime) -> int:
    """Print what readers see, what needs somebody, and the details; return 0."""

    def work() -> int:
        for part in status_lines(read_status(settings, now), now):
            console.print(part)
        return 0

    return _guarded(console, work)


def gates_table(build_id: str, results: Sequence[GateResult]) -> Table:
    """Return how many verdicts of each gate passed, were overridden, or failed."""
    table = Table(title=f"Gates of build {build_id}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("gate")
    for status in Status:
        table.add_column(_WORDS[status], justify="right")
    for gate in dict.fromkeys(result.gate for result in results):
        counts = Counter(result.status for result in results if result.gate == gate)
        styled = (f"[{_STYLES[one]}]{counts[one]}[/]" if counts[one] else "" for one in Status)
        table.add_row(gate, *styled)
    return table


def _guarded(console: Console, work: Callable[[], int]) -> int:
    try:
        return work()
    except WarehouseBusy as error:
        _complain(console, str(error))
        return EXIT_BUSY
    except (NoBuild, GatesFailed, NothingToRollBack, OverrideRefused, DbtFailed) as error:
        _complain(console, str(error))
        return EXIT_FAILED
    except psycopg2.OperationalError as error:
        _complain(console, f"{str(error).strip()}\nIs the server up? `customer360 db start`.")
        return EXIT_BUSY


def _tell(console: Console, publication: Publication, what: str) -> None:
    rows = sum(publication.table_rows.values())
    console.print(
        f"{what} build {publication.build_id} as of {publication.as_of_date}: "
        f"{len(publication.table_rows)} tables, {rows:,} rows (publication "
        f"{publication.publication_id}).",
        markup=False,
    )
    for warning in publication.warnings:
        console.print(warning, style="yellow", markup=False)


def _complain(console: Console, message: str) -> None:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
