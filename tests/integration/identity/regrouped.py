"""How records of a contested component are grouped, in plain Python, from the records each time.

The reference that the SQL is held to; its sums over pairs of records are worked out anew.
"""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

Group = frozenset[int]
DAYS = ("19800203", "19451129", "19621231")  # no two of them have anything in common
STAND_IN = "19500101"
UNCOMPARED, BEST_SHARE = Fraction(-3), Fraction("0.25")
OVERRULING = Fraction(6)


@dataclass(frozen=True)
class Evidence:
    """What a comparison of two records came to."""

    weight: Fraction
    is_linked: bool


@dataclass(frozen=True)
class Case:
    """Compared pairs of records, lower number first; records' days of birth; the largest group."""

    pairs: Mapping[tuple[int, int], Evidence]
    days: Mapping[int, str]
    limit: int

    @property
    def records(self) -> set[int]:
        return set(itertools.chain.from_iterable(self.pairs))

    def between(self, one: Group, other: Group) -> list[Evidence | None]:
        return [self.pairs.get((min(pair), max(pair))) for pair in itertools.product(one, other)]

    def attraction(self, one: Group, other: Group) -> Fraction:
        """Return the mean weight of all pairs between two groups, and a share of the best."""
        found = self.between(one, other)
        weights = [evidence.weight if evidence else UNCOMPARED for evidence in found]
        best = max((evidence.weight for evidence in found if evidence), default=Fraction(0))
        return sum(weights, Fraction(0)) / len(weights) + BEST_SHARE * best if best > 0 else best

    @cached_property
    def reconciled(self) -> set[frozenset[str | None]]:
        """Days of birth at both ends of a link."""
        return {
            frozenset({self.days.get(one), self.days.get(other)})
            for (one, other), evidence in self.pairs.items()
            if evidence.is_linked
        }

    def is_in_conflict(self, one: Group, other: Group) -> bool:
        """Tell whether there are birth dates with nothing in common that no link reconciles."""
        days = {frozenset(map(self.days.get, pair)) for pair in itertools.product(one, other)}
        return any(len(pair & set(DAYS)) > 1 and pair not in self.reconciled for pair in days)


def regroup(case: Case) -> set[Group]:
    """Join all groups that attract each other most, round by round, until none do."""
    groups = {frozenset({number}) for number in case.records}
    conflicts: set[frozenset[Group]] = set()
    while joins := _mutually_nearest(case, groups, conflicts):
        for one, other in joins:
            if case.attraction(one, other) < OVERRULING and case.is_in_conflict(one, other):
                conflicts |= {frozenset({one, other})}
            else:
                groups = groups - {one, other} | {one | other}
                conflicts = {
                    frozenset(one | other if group in (one, other) else group for group in pair)
                    for pair in conflicts
                }
    return groups


def _mutually_nearest(
    case: Case, groups: Collection[Group], conflicts: Collection[frozenset[Group]]
) -> list[tuple[Group, Group]]:
    ranked: dict[Group, list[tuple[Fraction, tuple[int, ...], Group]]] = {}
    for one, other in itertools.permutations(groups, 2):
        attraction = case.attraction(one, other)
        is_barred = len(one) + len(other) > case.limit or {one, other} in conflicts
        if attraction > 0 and not is_barred:
            tie = tuple(sorted((min(one), min(other))))
            ranked.setdefault(one, []).append((-attraction, tie, other))
    nearest = {one: min(found)[2] for one, found in ranked.items()}
    return [
        (one, other)
        for one, other in nearest.items()
        if nearest.get(other) == one and min(one) < min(other)
    ]
