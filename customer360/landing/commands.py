"""The command `customer360 load`: loads files and shows what became of each."""

from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from customer360.database.connection import connect
from customer360.landing.contracts import ContractError, load_contracts
from customer360.landing.discovery import new_files
from customer360.landing.loader import load_with
from customer360.landing.outcomes import LoadResult
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.landing.replay import replay_all
from customer360.settings import Settings

_STYLES = {"loaded": "green", "replayed": "green", "skipped": "dim", "rejected": "bold red"}


def load_files(
    settings: Settings,
    files: list[Path],
    console: Console,
    feed: str | None = None,
    *,
    retry_quarantined: bool = False,
) -> int:
    """Load files, or all that are pending; return the exit code: 1 if any was rejected.

    With `retry_quarantined`, rows that wait in quarantine are tried again first.
    """
    try:
        results = _retried(settings) if retry_quarantined else []
        results += _results(settings, files, feed)
    except ContractError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1
    nothing = f"Nothing to load: no file is new under {escape(str(settings.landing_dir))}."
    console.print(_table(results) if results else nothing, soft_wrap=not results)
    return int(any(result.status == "rejected" for result in results))


def _results(settings: Settings, files: list[Path], feed: str | None) -> list[LoadResult]:
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=LOADER_ROLE) as connection:
        return [
            load_with(connection, contracts, settings.landing_dir, path, feed)
            for path in files or chain(*new_files(connection, contracts, settings.landing_dir))
        ]


def _retried(settings: Settings) -> list[LoadResult]:
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=LOADER_ROLE) as connection:
        return replay_all(connection, contracts, settings.landing_dir)


def _table(results: list[LoadResult]) -> Table:
    table = Table(
        "file", "status", "rows", "quarantined", "seconds", "message", title="Loaded files"
    )
    for result in results:
        table.add_row(
            escape(result.file_name),
            f"[{_STYLES[result.status]}]{result.status}[/]",
            f"{result.rows_loaded:,}",
            f"{result.rows_quarantined:,}",
            f"{result.seconds:.2f}",
            escape(result.message),
        )
    return table
