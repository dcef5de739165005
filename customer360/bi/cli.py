"""`customer360 bi …` and `customer360 metrics …`."""

from typing import Annotated

import typer
from rich.console import Console

from customer360.settings import get_settings

bi_app = typer.Typer(no_args_is_help=True, help="Dashboards: Superset over the warehouse.")
metrics_app = typer.Typer(no_args_is_help=True, help="Metrics, each defined once for all tools.")
console = Console()


@bi_app.command("start")
def start_bi() -> None:
    """Start Superset with the dashboards of bi/superset; print its address and passwords."""
    from customer360.bi.commands import start_superset

    raise typer.Exit(start_superset(get_settings(), console))


@bi_app.command("stop")
def stop_bi() -> None:
    """Stop Superset; what was made in it stays."""
    from customer360.bi.commands import stop_superset

    console.print("Stopped Superset." if stop_superset(get_settings()) else "No Superset runs.")


@metrics_app.command("list")
def list_metrics() -> None:
    """List the metrics with what each means, and by what they can be asked for."""
    from customer360.bi.metric_commands import show_definitions

    raise typer.Exit(show_definitions(get_settings(), console))


@metrics_app.command("query")
def query_metrics(
    metrics: Annotated[list[str], typer.Argument(help="Names, as `list` shows them.")],
    by: Annotated[
        list[str] | None, typer.Option(help="As in metric_time__month or customer__country.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="As in \"{{ Dimension('transaction__channel') }} = 'online'\"."),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that was run, too.")] = False,
) -> None:
    """Ask the published warehouse for metrics through MetricFlow, as c360_bi."""
    from customer360.bi.metric_commands import show_answer
    from customer360.bi.metric_queries import MetricQuery

    query = MetricQuery(metrics, by or [], where or [])
    raise typer.Exit(show_answer(get_settings(), console, query, as_csv=csv, with_sql=sql))
