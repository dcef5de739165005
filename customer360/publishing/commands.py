"""`customer360 gates`, `publish`, `rollback` and `status`: what they print and how they end."""

from collections.abc import Callable, Iterable
from datetime import datetime

import psycopg2
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from customer360.exporting.commands import export_marts
from customer360.exporting.exporter import DEFAULT_ROLE
from customer360.publishing.builds import NoBuild
from customer360.publishing.gates import evaluate_gates
from customer360.publishing.publisher import (
    NothingToRollBack,
    Publication,
    WarehouseBusy,
    publish,
    rollback,
)
from customer360.publishing.results import GateResult, GatesFailed, Status
from customer360.publishing.status import read_status, status_tables
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed

EXIT_FAILED = 1
EXIT_NOT_EXPORTED = 3  # published or rolled back, but the extracts did not follow
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later

_STYLES = {Status.PASSED: "green", Status.FAILED: "bold red", Status.WAIVED: "yellow"}


def show_gates(settings: Settings, console: Console) -> int:
    """Evaluate the gates on the newest build and print them; return the exit code."""

    def work() -> int:
        report = evaluate_gates(settings)
        console.print(gates_table(report.build.build_id, report.results))
        for result in report.failed:
            _complain(console, f"{result.gate} ({result.subject}): {result.message}")
        return EXIT_FAILED if report.failed else 0

    return _guarded(console, work)


def publish_build(
    settings: Settings, console: Console, now: datetime, *, accept_losses: bool = False
) -> int:
    """Publish the newest build if its gates pass, and its extracts; return the exit code."""

    def work() -> int:
        _tell(console, publish(settings, accept_losses=accept_losses), "Published")
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


def show_status(settings: Settings, console: Console) -> int:
    """Print the last loads, the newest build, its gates and what readers see; return 0."""

    def work() -> int:
        for part in status_tables(read_status(settings)):
            console.print(part)
        return 0

    return _guarded(console, work)


def gates_table(build_id: str, results: Iterable[GateResult]) -> Table:
    """Return the gates as a table for the terminal."""
    table = Table(title=f"Gates of build {build_id}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("gate", "subject", "status", "observed", "expected"):
        table.add_column(heading, overflow="fold")
    for result in results:
        style = _STYLES[result.status]
        status = f"[{style}]{result.status.value}[/]"
        table.add_row(result.gate, result.subject, status, result.observed, result.expected)
    return table


def _guarded(console: Console, work: Callable[[], int]) -> int:
    try:
        return work()
    except WarehouseBusy as error:
        _complain(console, str(error))
        return EXIT_BUSY
    except (NoBuild, GatesFailed, NothingToRollBack, DbtFailed) as error:
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
