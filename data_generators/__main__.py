"""Command line of the generators: `python -m data_generators --help`."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data_generators.config import ConfigError, GeneratorConfig
from data_generators.generate import GenerationSummary, generate
from data_generators.writing import OutputError

DAY = "%Y-%m-%d"
DEFAULTS = GeneratorConfig()
FIRST_DAY = dt.datetime.combine(DEFAULTS.start, dt.time())
LAST_DAY = dt.datetime.combine(DEFAULTS.end, dt.time())
console = Console()
app = typer.Typer(add_completion=False)


@app.command()
def main(  # noqa: PLR0913, PLR0917 - one parameter per option
    customers: Annotated[
        int, typer.Option(help="Customer records (accounts) over all sources; 1 or more.")
    ] = DEFAULTS.customers,
    seed: Annotated[
        int, typer.Option(help="The same seed and settings give the same bytes.")
    ] = DEFAULTS.seed,
    start: Annotated[
        dt.datetime,
        typer.Option(formats=[DAY], show_default=str(DEFAULTS.start), help="First day."),
    ] = FIRST_DAY,
    end: Annotated[
        dt.datetime, typer.Option(formats=[DAY], show_default=str(DEFAULTS.end), help="Last day.")
    ] = LAST_DAY,
    days: Annotated[
        int,
        typer.Option(help="Deliver the last DAYS days one by one, after a first delivery."),
    ] = DEFAULTS.days,
    output: Annotated[
        Path, typer.Option(help="Directory that gets landing/ and truth/.")
    ] = DEFAULTS.output,
    workers: Annotated[
        int, typer.Option(help="Processes; changes the speed, never a byte.")
    ] = os.cpu_count() or 1,
) -> None:
    """Generate what the source systems of a fictional company deliver, with known defects.

    landing/<source>/<table>/ gets the files as delivered, named after delivery day, seed and size.
    truth/ gets what is true: people, which record is whose, real purchases, and every defect.
    Run again with the same settings and nothing changes; with others, choose another --output.
    """
    try:
        config = GeneratorConfig(customers, seed, start.date(), end.date(), days, output, workers)
        with progress_bar() as progress:
            summary = generate(config, progress)
    except (ConfigError, OutputError) as error:
        Console(stderr=True).print(f"[red]Nothing generated:[/red] {error}", soft_wrap=True)
        raise typer.Exit(1) from None
    show(summary)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar and yield the function that moves it."""
    columns = (TextColumn("Generating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("records", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(summary: GenerationSummary) -> None:
    """Print rows per feed and the defects in them."""
    table = Table("feed", "rows", "defects", title=f"{summary.people:,} people")
    per_feed: Counter[str] = Counter()
    for (feed, _), count in summary.defects.items():
        per_feed[feed] += count
    for feed, count in summary.rows.items():
        table.add_row(feed, f"{count:,}", f"{per_feed[feed]:,}")
    console.print(table)
    console.print(f"{len(summary.files)} files under {summary.files[0].parents[2]}")


if __name__ == "__main__":
    app()
