"""How evaluations, weights and explanations look on a terminal, and an evaluation as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from customer360.identity.evaluation import Evaluation
from customer360.identity.explanation import Explanation
from customer360.identity.labelled import LabelledEvaluation
from customer360.identity.levels import ADDRESS, LEVELS
from customer360.identity.pairs import Agreement, PairCounts
from customer360.identity.training import Training

Json = dict[str, object]


def truth_table(evaluation: Evaluation) -> Table:
    """Return precision and recall of the pairs, and of each match rule's links."""
    title = f"Identity of build {evaluation.build_id} against the truth"
    table = _table(title, ("what",), ("found", "correct", "precision", "recall"))
    pairs = evaluation.pairs
    found, correct = f"{pairs.found_pairs:,}", f"{pairs.correct_pairs:,}"
    table.add_row("pairs of records", found, correct, _share(pairs.precision), _share(pairs.recall))
    for rule in evaluation.rules:
        links, correct = f"{rule.links:,}", f"{rule.correct_links:,}"
        table.add_row(f"links by {rule.match_rule}", links, correct, _share(rule.precision), "")
    return table


def truth_sentence(pairs: PairCounts) -> str:
    """Return what the pairs come to in words."""
    return (
        f"{pairs.records:,} records of {pairs.people:,} people were found to be "
        f"{pairs.customers:,} customers; {pairs.over_merged_customers:,} customers are several "
        f"people, {pairs.split_people:,} people are several customers. The next build shows it in "
        "match_quality."
    )


def labelled_tables(name: str, evaluation: LabelledEvaluation) -> Iterator[Table]:
    """Return the outcome, the blocking rules and the seconds of each step."""
    title = (
        f"{name}: {evaluation.records:,} records of {evaluation.entities:,} people, "
        f"found to be {evaluation.clusters:,}"
    )
    table = _table(title, ("agreement",), ("precision", "recall", "F1"))
    for label, agreement in (("pairwise", evaluation.pairwise), ("B³", evaluation.b_cubed)):
        shares = (agreement.precision, agreement.recall, agreement.f1)
        table.add_row(label, *(f"{share:.4f}" for share in shares))
    yield table
    headings = ("pairs", "new pairs", "skipped blocks")
    rules = _table("Pairs compared, by blocking rule", ("rule",), headings)
    for rule in evaluation.rules:
        counts = (rule.pairs, rule.new_pairs, rule.skipped_blocks)
        rules.add_row(rule.name, *(f"{count:,}" for count in counts))
    yield rules
    steps = _table("Time", ("step",), ("seconds",))
    for step, seconds in evaluation.seconds.items():
        steps.add_row(step, f"{seconds:.1f}")
    yield steps


def as_json(evaluation: LabelledEvaluation) -> Json:
    """Return the outcome as plain values; the F1 is at cluster.pairwise.f1 and cluster.b3.f1."""
    return {
        "records": evaluation.records,
        "entities": evaluation.entities,
        "clusters": evaluation.clusters,
        "candidate_pairs": sum(rule.new_pairs for rule in evaluation.rules),
        "blocking_rules": [asdict(rule) for rule in evaluation.rules],
        "seconds": {step: round(value, 3) for step, value in evaluation.seconds.items()},
        "cluster": {
            "pairwise": _agreement(evaluation.pairwise),
            "b3": _agreement(evaluation.b_cubed),
        },
    }


def weights_table(training: Training) -> Table:
    """Return the weight of each level of the simple comparisons."""
    title = f"Match weights of model {training.model_id} (bits)"
    table = _table(title, ("comparison",), ("level", "matches", "strangers", "weight"))
    mixture = training.mixture
    for comparison, levels in LEVELS.items():
        for level in range(1, levels if comparison != ADDRESS else 1):
            match = mixture.matches[comparison][level]
            stranger = mixture.strangers[comparison][level]
            weight = f"{np.log2(match / stranger):+.1f}"
            table.add_row(comparison, str(level), f"{match:.4f}", f"{stranger:.2e}", weight)
    return table


def training_sentence(training: Training) -> str:
    """Return in words what was learned from how much."""
    mixture = training.mixture
    return (
        f"Learned from {training.candidate_pairs:,} compared and {training.random_pairs:,} random "
        f"pairs of {training.records:,} records in {mixture.iterations} rounds: "
        f"{mixture.matches_per_record:.3f} pairs of one person per record, "
        f"{mixture.relatives_per_record:.3f} of relatives. The next build weighs with it."
    )


def explanation_tables(explanation: Explanation) -> Iterator[Table]:
    """Return the waterfall of the pair, and the way of links between both records."""
    table = _table(
        f"{explanation.left_key} and {explanation.right_key}: {explanation.verdict}",
        ("evidence", explanation.left_key, explanation.right_key, "level"),
        ("bits",),
    )
    for step in explanation.steps:
        texts = (step.name, step.left_value or "", step.right_value or "", step.level)
        table.add_row(*map(escape, texts), f"{step.bits:+.1f}")
    yield table
    if explanation.path:
        way = _table("Way of links", ("from", "to", "rule"), ("bits",))
        for link in explanation.path:
            bits = "" if link.bits is None else f"{link.bits:+.1f}"
            way.add_row(*map(escape, (link.left_key, link.right_key, link.match_rule)), bits)
        yield way


def _table(title: str, texts: Iterable[str], numbers: Iterable[str]) -> Table:
    table = Table(title=escape(title), title_justify="left", box=SIMPLE_HEAD)
    for heading in texts:
        table.add_column(escape(heading))
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _agreement(agreement: Agreement) -> dict[str, float]:
    return {"precision": agreement.precision, "recall": agreement.recall, "f1": agreement.f1}


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"
