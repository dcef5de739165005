"""`customer360 bi start` and `customer360 bi stop`."""

import psycopg2
from rich.console import Console

from customer360.bi.home import SupersetHome
from customer360.bi.local_superset import SupersetDidNotStartError, ensure_superset
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.demo import processes
from customer360.settings import Settings

_FIRST_DASHBOARD = "/superset/dashboard/executive-overview/"
_EXPECTED = (OSError, RuntimeError, SupersetDidNotStartError, psycopg2.Error)


def start_superset(settings: Settings, console: Console) -> int:
    """Start Superset over the warehouse, print where it is; return the exit code."""
    home = SupersetHome(settings)
    try:
        console.print(f"Database: {ensure_database(settings)}")
        with console.status("Starting Superset"):
            port = ensure_superset(home, settings.superset_port, console.print)
    except _EXPECTED as error:
        console.print(f"Superset did not start: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    if not _anything_is_published(settings):
        console.print("Nothing is published yet, so charts are empty: `make demo`.", style="yellow")
    address = f"http://127.0.0.1:{port}"
    console.print(f"Superset  {address}", highlight=False)
    for user, password in home.passwords().items():
        console.print(f"User      {user}  password {password}", highlight=False, markup=False)
    console.print(
        f"Begin     {address}{_FIRST_DASHBOARD} as analyst", highlight=False, soft_wrap=True
    )
    console.print(f"Logs      {home.logs}\nStop      make stop", highlight=False, soft_wrap=True)
    return 0


def _anything_is_published(settings: Settings) -> bool:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select exists (select from ops.publications)")
        return cursor.fetchone() == (True,)


def stop_superset(settings: Settings) -> int:
    """Stop Superset; return how many processes were ended."""
    return processes.stop(SupersetHome(settings))
