"""`customer360 identity link|unlink|undo|decisions`: what they print and how they end."""

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from customer360.identity.decisions import (
    CannotDecide,
    Decision,
    Ground,
    Kind,
    decide_pair,
    list_decisions,
    undo_decision,
)
from customer360.settings import Settings

EXIT_FAILED = 1


def decide(
    settings: Settings, console: Console, kind: Kind, keys: tuple[str, str], why: Ground
) -> int:
    """Keep a decision about two records; return the exit code."""
    return _attempt(console, lambda: decide_pair(settings, kind, keys, why))


def undo(settings: Settings, console: Console, decision_id: int, why: Ground) -> int:
    """Take a decision back; return the exit code."""
    return _attempt(console, lambda: undo_decision(settings, decision_id, why))


def show_decisions(settings: Settings, console: Console) -> int:
    """List all decisions; return the exit code."""
    decisions = list_decisions(settings)
    if not decisions:
        console.print("Nothing was decided yet: `customer360 identity link A B --reason …`.")
        return 0
    table = Table(title="Decisions", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("number", "decision", "by", "at (UTC)", "why", "taken back by"):
        table.add_column(heading, justify="right" if heading == "number" else "left")
    for decision in decisions:
        table.add_row(
            str(decision.decision_id),
            _what(decision),
            decision.decided_by,
            f"{decision.decided_at:%Y-%m-%d %H:%M}",
            decision.reason,
            str(decision.undone_by or ""),
        )
    console.print(table, markup=False)
    return 0


def _attempt(console: Console, work: Callable[[], Decision]) -> int:
    try:
        decision = work()
    except CannotDecide as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_FAILED
    console.print(
        f"Decision {decision.decision_id}: {_what(decision)}. The next build follows it.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _what(decision: Decision) -> str:
    if decision.kind == "undo":
        return f"undo {decision.undone_decision_id}"
    return f"{decision.kind} {decision.left_key} {decision.right_key}"
