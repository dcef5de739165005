"""Gates on who is who: signs of over-merging, and how far matching moved from the live warehouse.

All figures are those of the mart match_quality, which needs no labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier

from customer360.publishing.relations import LIVE, NEXT, tables_of
from customer360.publishing.results import GateResult, Status, verdict
from customer360.publishing.rules import MatchingRules

_GATE = "matching"
_TABLE = "match_quality"
_COLUMNS = "topic, subject, is_suspicious, records, customers, linked_share"


@dataclass(frozen=True)
class Figures:
    """How records were put together: shares in [0, 1] of suspicious bands by topic, and of pairs.

    `linked_shares` are those of two systems with enough records.
    """

    records: int
    records_per_customer: float
    suspicious_shares: Mapping[str, float]
    linked_shares: Mapping[str, float]


class _Move(NamedTuple):
    """One figure, now and before, and how far it may move: up, and down too if it is two-sided."""

    subject: str
    value: float
    live: float
    most: float
    is_two_sided: bool = False


def check_matching(cursor: Cursor, rules: MatchingRules) -> list[GateResult]:
    """Judge the new generation, and compare it with the live one where both have enough records."""
    if _TABLE not in tables_of(cursor, NEXT):
        message = f"{NEXT} has no table {_TABLE}, by which the matching is judged: build it."
        found = ("no such table", "a mart", message)
        return [_verdict(_TABLE, *found, passed=False)]
    figures = _figures(cursor, NEXT, rules.min_records)
    results = [_check_over_merging(figures, rules.max_suspicious_share)]
    if _TABLE in tables_of(cursor, LIVE):
        live = _figures(cursor, LIVE, rules.min_records)
        if min(figures.records, live.records) >= max(rules.min_records, 1):
            results += [_check_move(move) for move in _moves(figures, live, rules)]
    return results


def _figures(cursor: Cursor, schema: str, min_records: int) -> Figures:
    table = Identifier(schema, _TABLE)
    cursor.execute(SQL("select {} from {}").format(SQL(_COLUMNS), table))
    records, customers = 0, 0
    suspicious: dict[str, int] = {}
    linked: dict[str, float] = {}
    for topic, subject, is_suspicious, counted, found, linked_share in cursor.fetchall():
        if topic == "all":
            records, customers = int(counted), int(found)
        elif topic == "source_pair" and counted >= min_records:
            linked[str(subject)] = float(linked_share)
        elif is_suspicious is not None:
            suspicious[topic] = suspicious.get(topic, 0) + int(counted) * is_suspicious
    shares = {topic: count / max(records, 1) for topic, count in suspicious.items()}
    return Figures(records, records / max(customers, 1), shares, linked)


def _check_over_merging(figures: Figures, most: float) -> GateResult:
    """Nobody may waive it: one person's purchases would be shown as another's."""
    topic = max(figures.suspicious_shares, key=figures.suspicious_shares.__getitem__, default="")
    share = figures.suspicious_shares.get(topic, 0.0)
    message = "Few records belong to customers that look like several people."
    if share > most:
        message = (
            f"{share:.1%} of the records belong to customers that look like several people by "
            f"their {topic.replace('_', ' ')}. docs/runbooks/over-merged.md says what to do."
        )
    observed, expected = f"{share:.1%}", f"at most {most:.1%}"
    return _verdict("over-merging", observed, expected, message, passed=share <= most)


def _moves(figures: Figures, live: Figures, rules: MatchingRules) -> list[_Move]:
    now, before = figures.records_per_customer, live.records_per_customer
    most = before * rules.max_records_per_customer_change
    bands = [
        _Move(f"suspicious {topic}", share, share_before, rules.max_suspicious_rise)
        for topic, share in figures.suspicious_shares.items()
        if (share_before := live.suspicious_shares.get(topic)) is not None
    ]
    pairs = [
        _Move(
            f"linked {pair}", share, share_before, rules.max_linked_share_change, is_two_sided=True
        )
        for pair, share in figures.linked_shares.items()
        if (share_before := live.linked_shares.get(pair)) is not None
    ]
    return [_Move("records per customer", now, before, most, is_two_sided=True), *bands, *pairs]


def _check_move(move: _Move) -> GateResult:
    change = move.value - move.live
    is_moved = (abs(change) if move.is_two_sided else change) > move.most
    message = f"{move.subject}: {move.value:.3f}; live: {move.live:.3f}."
    if is_moved:
        message = f"{message} Did a feed change, or was something trained or decided anew?"
    return GateResult(
        gate=_GATE,
        subject=move.subject,
        status=Status.FAILED if is_moved else Status.PASSED,
        observed=f"{move.value:.3f}",
        expected=f"{move.live:.3f} {'±' if move.is_two_sided else 'and at most +'}{move.most:.3f}",
        message=message,
        is_waivable=True,
    )


def _verdict(
    subject: str, observed: str, expected: str, message: str, *, passed: bool
) -> GateResult:
    return verdict(
        _GATE, subject, passed=passed, observed=observed, expected=expected, message=message
    )
