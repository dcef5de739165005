"""Records are divided exactly, whatever the number and the sources."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_generators.plan import plan_blocks, shared_out

WEIGHTS = {"shop": 1.0, "crm": 0.7, "loyalty": 0.35}


@given(st.integers(1, 60_000), st.floats(0, 0.9))
def test_blocks_hold_exactly_the_records(records: int, duplicates: float) -> None:
    plans = plan_blocks(records, WEIGHTS, duplicates)
    assert sum(plan.records for plan in plans) == records
    for name in WEIGHTS:
        following = 1
        for plan in plans:
            accounts = plan.accounts[name]
            assert accounts.first == following
            assert 0 <= accounts.people <= plan.people
            following += accounts.count


@given(st.integers(1, 60_000))
def test_people_are_numbered_without_gap(records: int) -> None:
    plans = plan_blocks(records, {"shop": 1.0}, 0.15)
    for before, after in pairwise(plans):
        assert after.first_person == before.first_person + before.people
    assert sum(plan.people for plan in plans) == pytest.approx(0.85 * records, abs=1)


def test_shares_go_to_the_largest_remainders() -> None:
    assert shared_out(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert shared_out(1, WEIGHTS) == {"shop": 1, "crm": 0, "loyalty": 0}
