"""Consents belong to accounts that exist, start when these do, and are mostly given and kept."""

from collections import Counter, defaultdict
from itertools import pairwise

from tests.unit.data_generators.conftest import Generation, Row

SOURCE = "consent"
# Feed and first column of the systems that ask.
ASKING = {"shop": "customers", "loyalty": "loyalty_accounts", "dealership": "customers"}


def by_account(generation: Generation) -> dict[tuple[str, str, str], list[Row]]:
    """Return what each account said on each purpose in order of time, defects undone."""
    said: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    rows = generation.undone("consent_events", SOURCE).values()
    for row in sorted(rows, key=lambda one: (one["occurred_at"], one["consent_event_id"])):
        said[row["source_system"], row["customer_id"], row["purpose"]].append(row)
    return said


def test_consents_are_of_accounts_that_exist(whole: Generation) -> None:
    people = {system: whole.people(system) for system in ASKING}
    assert all(key in people[system] for system, key, _ in by_account(whole))


def test_most_grant_some_take_it_back_and_some_say_nothing(whole: Generation) -> None:
    said = by_account(whole)
    mails = {key[:2]: rows for key, rows in said.items() if key[2] == "email_marketing"}
    first, last = (
        Counter(rows[position]["decision"] for rows in mails.values()) for position in (0, -1)
    )
    assert first["granted"] > 4 * first["withdrawn"] > 0
    assert first["granted"] > last["granted"] > 0.75 * first["granted"]
    returned = [rows for rows in mails.values() if len(rows) == 3]
    assert returned
    assert all(rows[2]["decision"] == "granted" for rows in returned)
    accounts = sum(len(whole.people(system)) for system in ASKING)
    assert 0.5 < len(mails) / accounts < 0.85


def test_decisions_alternate_and_a_grant_has_its_proof(whole: Generation) -> None:
    for rows in by_account(whole).values():
        decisions = [row["decision"] for row in rows]
        assert all(one != other for one, other in pairwise(decisions))
        assert all(bool(row["proof"]) == (row["decision"] == "granted") for row in rows)


def test_accounts_of_one_person_disagree_at_times(whole: Generation) -> None:
    people = {system: whole.people(system) for system in ASKING}
    last: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (system, key, purpose), rows in by_account(whole).items():
        last[people[system][key], purpose].add(rows[-1]["decision"])
    assert sum(len(decisions) > 1 for decisions in last.values()) > 20


def test_a_few_want_their_data_to_rest(whole: Generation) -> None:
    resting = [rows for key, rows in by_account(whole).items() if key[2] == "processing"]
    assert resting
    assert all(row["decision"] == "withdrawn" for rows in resting for row in rows)


def test_orphans_are_exactly_those_in_truth(whole: Generation) -> None:
    known = {system: set(whole.people(system)) for system in ASKING}
    orphans = {
        key
        for key, row in whole.rows("consent_events", SOURCE).items()
        if row["customer_id"] not in known[row["source_system"]]
    }
    named = {
        row["record_key"] for row in whole.defects("orphan_key", "consent.consent_events", SOURCE)
    }
    assert orphans == named
    assert orphans
