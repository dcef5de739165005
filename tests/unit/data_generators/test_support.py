"""Contacts come from customers, go to the right agents, and are worse where people leave."""

import datetime as dt

import pytest

from data_generators.sources.support import ISSUES
from tests.unit.data_generators.conftest import Generation, Row


@pytest.fixture(scope="module")
def contacts(whole: Generation) -> dict[str, Row]:
    return whole.undone("service_interactions", "support")


def test_agents_deal_with_what_is_their_departments(
    whole: Generation, contacts: dict[str, Row]
) -> None:
    agents = whole.rows("agents", "support")
    assert len(agents) == 24
    for row in contacts.values():
        department, _, _ = ISSUES[row["issue_type"]]
        assert agents[row["agent_id"]]["department"] == department


def test_contacts_follow_accounts(whole: Generation, contacts: dict[str, Row]) -> None:
    customers = whole.undone("customers")
    for row in contacts.values():
        assert row["opened_at"][:10] >= customers[row["customer_id"]]["created_at"][:10]


def test_only_resolved_contacts_have_an_end(contacts: dict[str, Row]) -> None:
    statuses = {row["resolution_status"] for row in contacts.values()}
    assert statuses >= {"resolved", "unresolved"}
    for row in contacts.values():
        assert bool(row["resolved_at"]) == (row["resolution_status"] == "resolved")
        if row["resolved_at"]:
            opened, resolved = (
                dt.datetime.fromisoformat(row[c]) for c in ("opened_at", "resolved_at")
            )
            assert opened <= resolved < dt.datetime(2026, 1, 1)  # noqa: DTZ001 - texts have no zone


def test_answers_are_worse_where_contacts_went_wrong(contacts: dict[str, Row]) -> None:
    answers: dict[str, list[int]] = {"yes": [], "no": []}
    for row in contacts.values():
        if row["satisfaction"]:
            answers[row["escalated"]].append(int(row["satisfaction"]))
    means = {escalated: sum(given) / len(given) for escalated, given in answers.items()}
    assert set(answers["yes"] + answers["no"]) <= {1, 2, 3, 4, 5}
    assert means["yes"] < means["no"] - 0.3


def test_orphans_are_exactly_those_in_truth(whole: Generation) -> None:
    customers = whole.rows("customers")
    found = {
        key
        for key, row in whole.rows("service_interactions", "support").items()
        if row["customer_id"] not in customers
    }
    named = whole.defects("orphan_key", source="support")
    assert found == {row["record_key"] for row in named}
    assert found
