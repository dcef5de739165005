"""Expectation maximisation against a population that was drawn with known shares."""

import numpy as np
import pytest
from numpy.typing import NDArray

from customer360.identity.levels import ADDRESS, LEVELS, Numbers, Patterns, smoothed
from customer360.identity.mixture import Expectations, Mixture, fit

RECORDS = 1_500
PAIRS = RECORDS * (RECORDS - 1) // 2
KINDS = {"matches": 2_400, "relatives": 1_500}
MISSING = 0.1
STRANGER_PAIRS = PAIRS - sum(KINDS.values())


def shares(comparison: str, best: float) -> Numbers:
    """Return shares with `best` on the last level, for the address on its last of each mask."""
    size = LEVELS[comparison]
    if comparison == ADDRESS:
        parts = np.array([(1 - best) * 0.7, (1 - best) * 0.3, best])
        digits = np.indices((4, 4, 4)).reshape(3, 64)
        return np.prod(np.concatenate([[1.0], parts])[digits], axis=0)
    rest = np.full(size - 2, (1 - best) / (size - 2))
    return np.concatenate([[1.0], rest, [best]])


STRANGERS = {name: shares(name, 0.004) for name in LEVELS}
MATCHES = {name: shares(name, 0.75) for name in LEVELS}
# Relatives share what a household shares; their given names and birthdays are strangers'.
RELATIVES = {name: shares(name, 0.6) for name in LEVELS} | {
    name: (1 - share) * STRANGERS[name] + share * np.eye(LEVELS[name])[-1]
    for name, share in (("first_name", 0.05), ("birth_date", 0.02))
}


def drawn(rng: np.random.Generator, kind: str, number: int) -> NDArray[np.int64]:
    """Return the levels of pairs of a kind, a row each; a tenth of the fields is missing."""
    tables = {"matches": MATCHES, "relatives": RELATIVES, "strangers": STRANGERS}
    columns = []
    for name, size in LEVELS.items():
        chances = tables[kind][name].copy()
        if name == ADDRESS:  # all three parts, or none
            chances[(np.indices((4, 4, 4)).reshape(3, 64) == 0).any(axis=0)] = 0
        chances[0] = 0
        levels = rng.choice(size, size=number, p=chances / chances.sum())
        columns.append(np.where(rng.random(number) < MISSING, 0, levels))
    return np.column_stack(columns)


def patterns(rows: NDArray[np.int64]) -> Patterns:
    """Return the distinct rows with how often each occurs."""
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    levels = {name: distinct[:, index] for index, name in enumerate(LEVELS)}
    return Patterns(levels, counts.astype(float))


@pytest.fixture(scope="module")
def learned() -> Mixture:
    """What is learned of a population of pairs, all of which are drawn.

    Blocking keeps the pairs that agree in full on something, as it does in the models, and a fifth
    of all pairs is drawn at random.
    """
    rng = np.random.default_rng(7)
    kinds = KINDS | {"strangers": STRANGER_PAIRS}
    rows = np.vstack([drawn(rng, kind, number) for kind, number in kinds.items()])
    is_blocked = (rows == np.array(list(LEVELS.values())) - 1).any(axis=1)
    is_random = rng.random(len(rows)) < 0.2
    shifted = [{name: shares(name, best) for name in LEVELS} for best in (0.6, 0.5, 0.01)]
    expected = Expectations(*shifted, 0.5, 0.05)
    return fit(patterns(rows[is_blocked]), patterns(rows[is_random]), RECORDS, expected)


def test_number_of_pairs_of_each_kind_is_found(learned: Mixture) -> None:
    """Relatives who agree in full on nothing share no block: some of them stay unseen."""
    assert learned.matches_per_record * RECORDS == pytest.approx(KINDS["matches"], rel=0.02)
    assert learned.relatives_per_record * RECORDS == pytest.approx(KINDS["relatives"], rel=0.15)


@pytest.mark.parametrize("name", [name for name in LEVELS if name != ADDRESS])
def test_shares_among_matches_are_found(learned: Mixture, name: str) -> None:
    assert learned.matches[name] == pytest.approx(MATCHES[name], abs=0.03)


@pytest.mark.parametrize("name", ["last_name", "email", "phone"])
def test_shares_among_relatives_are_found(learned: Mixture, name: str) -> None:
    assert learned.relatives[name] == pytest.approx(RELATIVES[name], abs=0.08)


@pytest.mark.parametrize("name", [name for name in LEVELS if name != ADDRESS])
def test_strangers_are_random_pairs_less_the_matches_among_them(
    learned: Mixture, name: str
) -> None:
    assert learned.strangers[name][-1] == pytest.approx(STRANGERS[name][-1], rel=0.15)


def test_a_share_that_random_pairs_cannot_tell_is_the_expected_one() -> None:
    """Nearly all random pairs with one day of birth are one person's: the rest is noise."""
    rng = np.random.default_rng(11)
    same = LEVELS["birth_date"] - 1
    strangers = drawn(rng, "strangers", STRANGER_PAIRS)
    birth_dates = strangers[:, list(LEVELS).index("birth_date")]
    birth_dates[birth_dates == same] = 1
    rows = np.vstack([drawn(rng, "matches", KINDS["matches"]), strangers])
    is_blocked = (rows == np.array(list(LEVELS.values())) - 1).any(axis=1)
    is_random = rng.random(len(rows)) < 0.02
    rare = STRANGERS | {"birth_date": shares("birth_date", 1e-4)}
    expected = Expectations(MATCHES, RELATIVES, rare, 0.5, 0.05)
    found = fit(patterns(rows[is_blocked]), patterns(rows[is_random]), RECORDS, expected)
    assert 2e-5 < found.strangers["birth_date"][same] < 3e-4


def test_without_data_what_is_learned_is_what_was_expected() -> None:
    """Two records that were never compared move no share."""
    nothing = Patterns({name: np.zeros(1, dtype=np.int64) for name in LEVELS}, np.zeros(1))
    expected = Expectations(MATCHES, RELATIVES, STRANGERS, 0.5, 0.05)
    found = fit(nothing, nothing, 2, expected)
    for name in LEVELS:
        assert found.matches[name] == pytest.approx(MATCHES[name], abs=1e-9)


def test_address_shares_add_up_within_what_both_records_have() -> None:
    counts = np.zeros(64)
    counts[[63, 21, 3, 1, 12]] = [50, 10, 7, 2, 4]
    found = smoothed(ADDRESS, counts, MATCHES[ADDRESS], 20.0).reshape(4, 4, 4)
    assert found[1:, 1:, 1:].sum() == pytest.approx(1)
    assert found[0, 0, 1:].sum() == pytest.approx(1)
    assert found[0, 1:, 0].sum() == pytest.approx(1)
    assert found[0, 0, 3] == pytest.approx(7.5 / 9.5, abs=0.1)
