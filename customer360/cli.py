"""The command line: thin commands over modules that are imported when a command needs them."""

import logging
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from psycopg2 import OperationalError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.logging import RichHandler

from customer360.bi.cli import bi_app, metrics_app
from customer360.errors import ConfigurationError, EmbeddedServerError
from customer360.identity.cli import identity_app
from customer360.privacy.cli import privacy_app
from customer360.settings import get_settings

app = typer.Typer(no_args_is_help=True, help="Customer 360: from messy files to trusted marts.")
database_app = typer.Typer(no_args_is_help=True, help="The database that holds everything.")
app.add_typer(database_app, name="db")
app.add_typer(identity_app, name="identity")
app.add_typer(privacy_app, name="privacy")
lifetime_app = typer.Typer(no_args_is_help=True, help="Who buys again, and what that is worth.")
app.add_typer(lifetime_app, name="lifetime")
app.add_typer(bi_app, name="bi")
app.add_typer(metrics_app, name="metrics")
console = Console()


def run() -> None:
    """Run a command; trouble that a person can mend ends in a sentence instead of a traceback."""
    try:
        app()
    except ValidationError as error:
        _complain("\n".join(f"C360_{_variable(item)}: {item['msg']}" for item in error.errors()))
    except (ConfigurationError, EmbeddedServerError) as error:
        _complain(str(error))
    except OperationalError as error:
        _complain(f"{str(error).strip()}\nIs the server up? `customer360 db start`.")


def _variable(problem: ErrorDetails) -> str:
    return "_".join(map(str, problem["loc"])).upper()


def _complain(message: str) -> NoReturn:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(2)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Run dbt on the configured database, as in: customer360 dbt docs generate."""
    from customer360.transformation.commands import run_plain_dbt

    raise typer.Exit(run_plain_dbt(get_settings(), context.args))


@app.callback()
def configure_logging(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False,
) -> None:
    """Send log records to the terminal."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(message)s",
        handlers=[RichHandler(console=console, show_path=False)],
    )


@database_app.command("start")
def start_database() -> None:
    """Start the embedded server where none is configured, and set the database up."""
    from customer360.database.setup import ensure_database

    console.print(f"Database ready: {ensure_database(get_settings())}")


@database_app.command("stop")
def stop_database() -> None:
    """Stop the embedded server; its data stays."""
    from customer360.database import embedded

    stopped = embedded.stop(get_settings().data_dir)
    console.print("Stopped the embedded server." if stopped else "No embedded server runs.")


@lifetime_app.command("fit")
def fit_lifetime_models() -> None:
    """Fit BG/NBD, MBG/NBD and Gamma-Gamma to the last build's customers."""
    from customer360.lifetime.commands import fit

    raise typer.Exit(fit(get_settings(), console))


@lifetime_app.command("backtest")
def backtest_models() -> None:
    """Forecast at past days from what was known then, and compare with what followed."""
    from customer360.lifetime.commands import backtest

    raise typer.Exit(backtest(get_settings(), console))


@lifetime_app.command("compare-with-truth")
def compare_lifetime_models(
    truth: Annotated[
        Path | None,
        typer.Option(help="Folder of the generator's truth. Default: truth in the data."),
    ] = None,
) -> None:
    """Compare the probability of being alive with who has really left, where that is known."""
    from customer360.lifetime.commands import compare

    raise typer.Exit(compare(get_settings(), console, truth))


@lifetime_app.command("predict")
def predict_customer(
    repeats: Annotated[int, typer.Argument(min=0, help="Days with a purchase after the first.")],
    recency_days: Annotated[int, typer.Argument(min=0, help="Days from first to last purchase.")],
    age_days: Annotated[int, typer.Argument(min=0, help="Days from the first purchase to today.")],
    mean_amount: Annotated[
        float | None, typer.Option(min=0, help="Mean EUR of a day with a repeat purchase.")
    ] = None,
) -> None:
    """Show what the fit of the newest build expects of a customer with this history."""
    from customer360.lifetime.configuration import lifetime_variables
    from customer360.lifetime.prediction import History, predict

    rate = lifetime_variables(get_settings()).clv_yearly_discount_rate
    history = History(repeats, recency_days, age_days, mean_amount)
    raise typer.Exit(predict(get_settings(), console, history, rate))


@app.command()
def packages() -> None:
    """Install dbt's packages: from dbt's hub, or our drop-in where it does not answer."""
    from customer360.transformation.packages import install_packages

    console.print(install_packages(get_settings()))


@app.command()
def pull(
    feeds: Annotated[
        list[str] | None, typer.Argument(help="Default: all whose connection is set.")
    ] = None,
    full: Annotated[bool, typer.Option(help="Everything, not only what is new.")] = False,
) -> None:
    """Pull feeds from the systems that have them into landing files, which `load` then loads."""
    from customer360.extracting.commands import pull_feeds

    settings, now = get_settings(), datetime.now(UTC)
    raise typer.Exit(pull_feeds(settings, feeds or [], console, now, full=full))


@app.command()
def load(
    files: Annotated[list[Path] | None, typer.Argument(help="Default: all pending files.")] = None,
    feed: Annotated[str | None, typer.Option(help="Feed of files that no pattern claims.")] = None,
    retry_quarantined: Annotated[
        bool, typer.Option("--retry-quarantined", help="First try quarantined rows again.")
    ] = False,
) -> None:
    """Load landing files into raw; files seen before are skipped."""
    from customer360.landing.commands import load_files

    settings, retry = get_settings(), retry_quarantined
    raise typer.Exit(load_files(settings, files or [], console, feed, retry_quarantined=retry))


@app.command()
def build(
    layer: Annotated[str | None, typer.Option(help="Only this layer of the newest build.")] = None,
    as_of_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Business day. Default: the newest in the data."),
    ] = None,
) -> None:
    """Run dbt layer by layer into warehouse_next, without publishing."""
    from customer360.transformation.commands import build_warehouse

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that `docker stop` ends dbt too
    variables = {"as_of_date": f"{as_of_date:%Y-%m-%d}"} if as_of_date else {}
    raise typer.Exit(build_warehouse(get_settings(), layer, console, variables))


@app.command()
def gates(
    override: Annotated[
        list[str] | None,
        typer.Option(help="Let this failed gate of the newest build pass: GATE:SUBJECT, or all."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept beside the override.")] = "",
) -> None:
    """Show which gates of the newest build failed, on which rows, and how to go on."""
    from customer360.publishing.commands import show_gates

    raise typer.Exit(show_gates(get_settings(), console, override or [], reason))


@app.command()
def publish() -> None:
    """Swap warehouse_next into warehouse if every gate of the newest build passes, and export."""
    from customer360.publishing.commands import publish_build

    raise typer.Exit(publish_build(get_settings(), console, datetime.now(UTC)))


@app.command()
def rollback() -> None:
    """Put the generation before the published one back, and export it."""
    from customer360.publishing.commands import rollback_publication

    raise typer.Exit(rollback_publication(get_settings(), console, datetime.now(UTC)))


@app.command()
def export(
    role: Annotated[
        str, typer.Option(help="Whose view: c360_bi, without personal data, or c360_pii.")
    ] = "c360_bi",
    output: Annotated[
        Path | None, typer.Option(help="Folder of the extracts. Default: exports in the data.")
    ] = None,
) -> None:
    """Write the published marts as CSV and Parquet files, with a manifest."""
    from customer360.exporting.commands import export_marts

    settings, now = get_settings(), datetime.now(UTC)
    raise typer.Exit(export_marts(settings, console, now, role=role, output=output))


@app.command()
def status() -> None:
    """Show what readers see, what needs somebody, loads, runs, the newest build and its gates."""
    from customer360.publishing.commands import show_status

    raise typer.Exit(show_status(get_settings(), console, datetime.now(UTC)))


@app.command()
def doctor() -> None:
    """Say what is wrong with this machine, and how to mend it; exit with 1 if something is."""
    from customer360.doctor.commands import show_findings

    raise typer.Exit(show_findings(get_settings(), console))


@app.command()
def demo(
    customers: Annotated[
        int, typer.Option(min=1, help="Customer records to make up; CDNOW has its own.")
    ] = 5_000,
    cdnow: Annotated[
        bool,
        typer.Option("--cdnow", help="Load 23,570 real customers, in a database apart."),
    ] = False,
) -> None:
    """Start everything, run the pipeline through Airflow and show what came of it."""
    from customer360.demo.commands import run_demo

    raise typer.Exit(run_demo(get_settings(), console, customers=customers, cdnow=cdnow))


@app.command()
def stop() -> None:
    """Stop Airflow and the embedded server; all data stays."""
    from customer360.demo.commands import stop_everything

    raise typer.Exit(stop_everything(get_settings(), console))
