"""The command `customer360 pull`: pulls feeds and shows what came."""

import datetime as dt
from collections.abc import Sequence

import psycopg2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from customer360.errors import ConfigurationError
from customer360.extracting.definitions import Pull, load_pulls
from customer360.extracting.endpoints import Endpoint, endpoint_from_environment
from customer360.extracting.outcomes import PullBusy, PullFailed, PullResult, SourceUnavailable
from customer360.extracting.puller import pull_feed
from customer360.landing.contracts import ContractError
from customer360.settings import Settings


def pull_feeds(
    settings: Settings,
    feeds: Sequence[str],
    console: Console,
    now: dt.datetime,
    *,
    full: bool = False,
) -> int:
    """Pull the named feeds, or all whose connection is set; return the exit code: 1 if one failed.

    A feed that fails does not keep the others from being pulled.
    """
    try:
        pulls = load_pulls(settings.dbt_project_dir)
    except ContractError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1
    table = _empty_table()
    statuses = set()
    for feed in feeds or sorted(pulls):
        status, result = _pulled(settings, feed, pulls.get(feed), now, full=full)
        if status == "not set" and not feeds:
            status = "skipped"
        statuses.add(status)
        colour = {"pulled": "green", "skipped": "dim"}.get(status, "bold red")
        table.add_row(
            escape(feed),
            f"[{colour}]{status}[/]",
            f"{result.rows:,}",
            f"{len(result.files):,}",
            escape(result.message),
        )
    console.print(table if table.row_count else "No feed says where it is pulled from.")
    return int(bool(statuses - {"pulled", "skipped"}))


def _empty_table() -> Table:
    table = Table(title="Pulled feeds")
    for heading in ("feed", "status", "rows", "files", "message"):
        table.add_column(heading, overflow="fold")  # a narrow terminal must cut no remedy short
    return table


def _pulled(
    settings: Settings, feed: str, pull: Pull | None, now: dt.datetime, *, full: bool
) -> tuple[str, PullResult]:
    if pull is None:
        return "unknown", PullResult(feed, (), 0, None, "its source YAML has no `pull` entry")
    try:
        endpoint = endpoint_from_environment(pull.definition.connection)
    except ConfigurationError as error:  # of this connection; others may be sound
        return "failed", PullResult(feed, (), 0, None, str(error))
    if endpoint is None:
        variable = f"C360_CONNECTION_{pull.definition.connection.upper()}"
        return "not set", PullResult(feed, (), 0, None, f"set {variable} to a URL")
    return _tried(settings, pull, endpoint, now, full=full)


def _tried(
    settings: Settings, pull: Pull, endpoint: Endpoint, now: dt.datetime, *, full: bool
) -> tuple[str, PullResult]:
    try:
        return "pulled", pull_feed(settings, pull, endpoint, now, full=full)
    except (PullFailed, SourceUnavailable, PullBusy, psycopg2.OperationalError) as error:
        return "failed", PullResult(pull.feed, (), 0, None, str(error).strip())
