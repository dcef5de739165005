"""The comparisons of two records and how often each level of agreement is seen, as arrays.

A level is a small whole number; 0 means that one record lacks the field, which is no evidence: its
share is 1 for every kind of pair. The other levels' shares of a comparison add up to 1, those of
the address within each combination of parts (street, postcode, city) that both records have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

ADDRESS = "address"
LEVELS: Mapping[str, int] = {
    "first_name": 8,
    "last_name": 6,
    "birth_date": 7,
    "email": 6,
    "phone": 4,
    ADDRESS: 64,
}
_DIGITS = np.indices((4, 4, 4)).reshape(3, 64)
_PRESENT = np.array([4, 2, 1]) @ (_DIGITS > 0)


@dataclass(frozen=True)
class Patterns:
    """Combinations of levels that pairs of records show, and how many pairs show each."""

    levels: Mapping[str, NDArray[np.int64]]
    counts: Numbers

    def counted(self, comparison: str, weights: Numbers) -> Numbers:
        """Return the sum of the weights at each level of a comparison."""
        return sums(self.levels[comparison], weights, LEVELS[comparison])


Shares = Mapping[str, Numbers]


def sums(places: NDArray[np.int64], weights: Numbers, length: int) -> Numbers:
    """Return the sum of the weights at each place."""
    return np.bincount(places, weights, length).astype(np.float64)


def smoothed(comparison: str, counts: Numbers, prior: Numbers, strength: float) -> Numbers:
    """Return the shares of the levels: the mean of a Dirichlet posterior around `prior`.

    Args:
        counts: pairs at each level; index 0 does not count.
        prior: shares that are expected.
        strength: number of pairs that the expectation is worth.
    """
    if comparison == ADDRESS:
        return _smoothed_address(counts, prior, strength)
    shares = np.ones_like(counts)
    shares[1:] = (counts[1:] + strength * prior[1:]) / (counts[1:].sum() + strength)
    return shares


def normalised(comparison: str, shares: Numbers) -> Numbers:
    """Return shares that add up to 1 among the levels that exclude one another; 1 for level 0."""
    if comparison == ADDRESS:
        totals = sums(_PRESENT, shares, 8)[_PRESENT]
        scaled = shares / np.where(totals > 0, totals, 1)
    else:
        scaled = shares / max(shares[1:].sum(), np.finfo(float).tiny)
    scaled[0] = 1
    return scaled


def compared(comparison: str, counts: Numbers) -> Numbers:
    """Return for each level how many pairs have what it takes to be at that level."""
    if comparison == ADDRESS:
        totals: Numbers = sums(_PRESENT, counts, 8)[_PRESENT]
        return totals
    return np.full_like(counts, counts[1:].sum())


_COMBINATION_STRENGTH = 4.0


def _smoothed_address(counts: Numbers, prior: Numbers, strength: float) -> Numbers:
    """Lean a combination that is hardly seen on the product of its parts' own shares."""
    product = np.ones(64)
    for part, place in enumerate((16, 4, 1)):
        seen = sums(_DIGITS[part], counts, 4)
        alone = np.array([0, *prior[place * np.arange(1, 4)]])
        product *= smoothed("", seen, alone, strength)[_DIGITS[part]]
    product = normalised(ADDRESS, product)
    totals = compared(ADDRESS, counts)
    mixed = (counts + _COMBINATION_STRENGTH * product) / (totals + _COMBINATION_STRENGTH)
    return normalised(ADDRESS, mixed)
