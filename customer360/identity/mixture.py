"""Match weights without labels: three kinds of pairs, told apart by expectation maximisation.

A pair of records is one person's (a match), of two people of one household or kin (relatives), or
of strangers. Given the kind, the comparisons are independent (Fellegi & Sunter 1969, "A theory for
record linkage", JASA 64), and the counts of the patterns of levels are all that the likelihood
needs, whatever the number of pairs (Enamorado, Fifield & Imai 2019, "Using a probabilistic model
to assist merging of large-scale administrative records", APSR 113).

The priors are over all n(n-1)/2 pairs, so a pair that shares no block counts as strangers and
blocking does not bias the shares. How strangers agree is read off random pairs, less what the
matches and relatives among them contribute. Relatives' last names, addresses, e-mail addresses and
telephones agree as the data say; their given names and days of birth agree as strangers' do, but
for namesakes and twins: that tells them from matches.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from customer360.identity.levels import (
    ADDRESS,
    LEVELS,
    Numbers,
    Patterns,
    Shares,
    compared,
    normalised,
    smoothed,
)

# Pairs that the shipped expectations are worth: small data lean on them, large data on themselves.
_PRIOR_PAIRS = 20.0
_PRIOR_RANDOM_PAIRS = 200.0
# Jeffreys' prior of a share: where none were seen, half a pair is.
_UNSEEN_PAIRS = 0.5
# Standard error of an expectation of how strangers agree, as a multiple of it.
_EXPECTATION_ERROR = 2.0
# Relatives with the same given name (father and son) and the same day of birth (twins).
_ALIKE: Mapping[str, float] = {"first_name": 0.05, "birth_date": 0.02}
# The search starts with few: where hardly a field tells relatives from matches, more would take
# matches along.
_FIRST_RELATIVES = 0.1
_MOST_ITERATIONS = 200
_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Mixture:
    """What was learned: shares of levels by kind of pair, and how many pairs are of each kind."""

    matches: Shares
    relatives: Shares
    strangers: Shares
    matches_per_record: float
    relatives_per_record: float
    iterations: int
    log_likelihood: float


@dataclass(frozen=True)
class Expectations:
    """What is expected before anything is seen; shares by comparison, pairs per record."""

    matches: Shares
    relatives: Shares
    strangers: Shares
    matches_per_record: float
    relatives_per_record: float


def fit(
    candidates: Patterns, random_pairs: Patterns, records: int, expected: Expectations
) -> Mixture:
    """Fit the mixture to the patterns of candidate pairs and of pairs drawn at random.

    Args:
        records: number of records, at least 2.
        expected: where the search starts, and what few pairs are mixed with.
    """
    pairs = records * (records - 1) / 2
    match_prior = expected.matches_per_record * records / pairs
    relative_prior = _FIRST_RELATIVES * expected.relatives_per_record * records / pairs
    matches, relatives = expected.matches, expected.relatives
    likelihood = -np.inf
    for iteration in range(1, _MOST_ITERATIONS + 1):  # noqa: B007 - it is returned
        others = {
            comparison: match_prior * matches[comparison] + relative_prior * relatives[comparison]
            for comparison in LEVELS
        }
        strangers = _strangers(random_pairs, others, expected.strangers)
        relatives = {**relatives, **_alike(strangers)}
        match = match_prior * _likelihoods(candidates, matches)
        relative = relative_prior * _likelihoods(candidates, relatives)
        stranger = (1 - match_prior - relative_prior) * _likelihoods(candidates, strangers)
        total = match + relative + stranger
        before, likelihood = likelihood, float(candidates.counts @ np.log(total))
        match_pairs = candidates.counts * match / total
        relative_pairs = candidates.counts * relative / total
        match_prior = (match_pairs.sum() + _UNSEEN_PAIRS) / (pairs + 1)
        relative_prior = (relative_pairs.sum() + _UNSEEN_PAIRS) / (pairs + 1)
        matches = _shares(candidates, match_pairs, expected.matches)
        relatives = {**_shares(candidates, relative_pairs, expected.relatives), **_alike(strangers)}
        if abs(likelihood - before) < _TOLERANCE * abs(likelihood):
            break
    per_record = pairs / records
    return Mixture(
        matches,
        relatives,
        strangers,
        float(match_prior * per_record),
        float(relative_prior * per_record),
        iteration,
        likelihood,
    )


def _likelihoods(patterns: Patterns, shares: Shares) -> Numbers:
    product = np.ones(len(patterns.counts))
    for comparison, levels in patterns.levels.items():
        product *= shares[comparison][levels]
    return product


def _shares(patterns: Patterns, weights: Numbers, prior: Shares) -> dict[str, Numbers]:
    return {
        comparison: smoothed(
            comparison, patterns.counted(comparison, weights), prior[comparison], _PRIOR_PAIRS
        )
        for comparison in LEVELS
    }


def _strangers(random_pairs: Patterns, others: Shares, prior: Shares) -> dict[str, Numbers]:
    """Return the strangers' shares: random pairs' less those of the others among them.

    In few records most pairs that share a day of birth are one person's, and what is left of them
    is the difference of two large numbers: mere noise, of a variance as large as the count. It is
    believed as far as it is more exact than the expectation, which may well be wrong by a factor.
    """
    found = {}
    for comparison in LEVELS:
        counts = random_pairs.counted(comparison, random_pairs.counts)
        pairs = compared(comparison, counts)
        left = np.maximum(counts - pairs * others[comparison], 0)
        if comparison != ADDRESS:
            expected = pairs * prior[comparison]
            doubt = (_EXPECTATION_ERROR * expected) ** 2
            belief = doubt / np.maximum(doubt + counts, np.finfo(float).tiny)
            left = belief * left + (1 - belief) * expected
        found[comparison] = smoothed(comparison, left, prior[comparison], _PRIOR_RANDOM_PAIRS)
    return found


def _alike(strangers: Shares) -> dict[str, Numbers]:
    found = {}
    for comparison, share in _ALIKE.items():
        shares = (1 - share) * strangers[comparison]
        shares[-1] += share
        found[comparison] = normalised(comparison, shares)
    return found
