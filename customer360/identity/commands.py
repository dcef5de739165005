"""`customer360 identity …`: what the commands print and how they end."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console

from customer360.identity import tables
from customer360.identity.evaluation import NoIdentity, NoTruth, evaluate
from customer360.identity.explanation import NoSuchRecord, explain
from customer360.identity.labelled import UnreadableLabels, evaluate_file
from customer360.identity.training import NothingToTrainOn, train
from customer360.publishing.builds import NoBuild
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed

EXIT_FAILED = 1
_TROUBLE = (
    NoTruth, NoIdentity, NoBuild, NoSuchRecord, NothingToTrainOn, UnreadableLabels, DbtFailed
)  # fmt: skip


def evaluate_identity(
    settings: Settings, console: Console, now: datetime, truth: Path | None
) -> int:
    """Compare identity with the truth, print precision and recall; return the exit code."""

    def run() -> None:
        evaluation = evaluate(settings, truth or settings.data_dir / "truth", now)
        console.print(tables.truth_table(evaluation))
        console.print(tables.truth_sentence(evaluation.pairs), highlight=False)

    return _attempted(console, run)


def evaluate_labelled_file(  # noqa: PLR0913 - the options of a command
    settings: Settings,
    console: Console,
    now: datetime,
    path: Path,
    *,
    threshold: float | None,
    as_json: bool,
) -> int:
    """Match the file's records in a scratch database, print the outcome; return the exit code."""

    def run() -> None:
        evaluation = evaluate_file(settings, path, now, threshold)
        if as_json:
            console.out(json.dumps(tables.as_json(evaluation), indent=2), highlight=False)
            return
        for table in tables.labelled_tables(path.name, evaluation):
            console.print(table)

    # What goes wrong is no JSON: it goes where a reader of standard output does not meet it.
    return _attempted(Console(stderr=True) if as_json else console, run)


def train_weights(settings: Settings, console: Console, now: datetime) -> int:
    """Learn the match weights, print them; return the exit code."""

    def run() -> None:
        training = train(settings, now)
        console.print(tables.weights_table(training))
        console.print(tables.training_sentence(training), highlight=False)

    return _attempted(console, run)


def explain_pair(settings: Settings, console: Console, left_key: str, right_key: str) -> int:
    """Show why two records are, or are not, one customer; return the exit code."""

    def run() -> None:
        explanation = explain(settings, left_key, right_key)
        for table in tables.explanation_tables(explanation):
            console.print(table)

    return _attempted(console, run)


def _attempted(console: Console, run: Callable[[], None]) -> int:
    try:
        run()
    except _TROUBLE as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_FAILED
    return 0
