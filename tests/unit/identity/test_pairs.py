"""Pair counts against a count of the pairs themselves, one by one."""

import random
from itertools import combinations

import pytest

from customer360.identity.pairs import count_links, count_pairs


def test_an_example_worked_by_hand() -> None:
    people = {"a": "Ann", "b": "Ann", "c": "Bob", "d": "Bob", "e": "Eve", "gone": "Eve"}
    customers = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "3", "new": "3"}
    counts = count_pairs(people, customers)
    assert (counts.records, counts.people, counts.customers) == (5, 3, 3)
    assert (counts.records_only_in_truth, counts.records_only_in_warehouse) == (1, 1)
    assert (counts.true_pairs, counts.found_pairs, counts.correct_pairs) == (2, 3, 1)
    assert (counts.over_merged_customers, counts.split_people) == (1, 1)
    assert counts.precision == pytest.approx(1 / 3)
    assert counts.recall == pytest.approx(1 / 2)


def test_shares_of_nothing_are_none() -> None:
    counts = count_pairs({"a": "Ann"}, {"a": "1"})
    assert (counts.precision, counts.recall) == (None, None)
    assert count_pairs({}, {}).records == 0


@pytest.mark.parametrize("seed", range(20))
def test_counts_are_those_of_all_pairs(seed: int) -> None:
    numbers = random.Random(seed)
    keys = range(60)
    people = {str(key): str(numbers.randrange(25)) for key in keys if numbers.random() < 0.9}
    customers = {str(key): str(numbers.randrange(25)) for key in keys if numbers.random() < 0.9}
    shared = sorted(people.keys() & customers.keys())
    same_person = {pair for pair in combinations(shared, 2) if people[pair[0]] == people[pair[1]]}
    same_customer = {
        pair for pair in combinations(shared, 2) if customers[pair[0]] == customers[pair[1]]
    }
    counts = count_pairs(people, customers)
    assert counts.true_pairs == len(same_person)
    assert counts.found_pairs == len(same_customer)
    assert counts.correct_pairs == len(same_person & same_customer)


def test_links_are_judged_by_rule_where_the_truth_knows_both_ends() -> None:
    people = {"a": "Ann", "b": "Ann", "c": "Bob"}
    links = [("email", "a", "b"), ("email", "b", "c"), ("phone", "c", "c"), ("phone", "a", "x")]
    email, phone = count_links(people, links)
    assert (email.match_rule, email.links, email.correct_links) == ("email", 2, 1)
    assert email.precision == pytest.approx(0.5)
    assert (phone.links, phone.correct_links) == (1, 1)
