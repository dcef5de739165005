"""`customer360 identity evaluate`: what it prints and how it ends."""

from datetime import datetime
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from customer360.identity.evaluation import Evaluation, NoIdentity, NoTruth, evaluate
from customer360.publishing.builds import NoBuild
from customer360.settings import Settings

EXIT_FAILED = 1


def evaluate_identity(
    settings: Settings, console: Console, now: datetime, truth: Path | None
) -> int:
    """Compare identity with the truth, print precision and recall; return the exit code."""
    try:
        evaluation = evaluate(settings, truth or settings.data_dir / "truth", now)
    except (NoTruth, NoIdentity, NoBuild) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_FAILED
    console.print(_table(evaluation))
    pairs = evaluation.pairs
    console.print(
        f"{pairs.records:,} records of {pairs.people:,} people were found to be "
        f"{pairs.customers:,} customers; {pairs.over_merged_customers:,} customers are several "
        f"people, {pairs.split_people:,} people are several customers. The next build shows it in "
        "match_quality.",
        highlight=False,
    )
    return 0


def _table(evaluation: Evaluation) -> Table:
    title = f"Identity of build {evaluation.build_id} against the truth"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in ("what", "found", "correct", "precision", "recall"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    pairs = evaluation.pairs
    table.add_row(
        "pairs of records",
        f"{pairs.found_pairs:,}",
        f"{pairs.correct_pairs:,}",
        _share(pairs.precision),
        _share(pairs.recall),
    )
    for rule in evaluation.rules:
        table.add_row(
            f"links by {rule.match_rule}",
            f"{rule.links:,}",
            f"{rule.correct_links:,}",
            _share(rule.precision),
            "",
        )
    return table


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"
