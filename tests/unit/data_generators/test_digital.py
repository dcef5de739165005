"""Events carry the ids of one person: who is logged in, gets the mail, and owns the device."""

import json
from typing import Any

import pytest
import yaml

from customer360.settings import PROJECT_DIR
from data_generators.sources.digital import EVENTS, INTERACTION_TYPES
from tests.unit.data_generators.conftest import Generation

Event = dict[str, Any]


@pytest.fixture(scope="module")
def events(whole: Generation) -> dict[str, Event]:
    """The events by id."""
    (path,) = (whole.config.output / "landing/digital/events").glob("*.ndjson")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["event_id"]: row for row in rows}


@pytest.fixture(scope="module")
def spoilt(whole: Generation) -> dict[str, set[str]]:
    """Ids of events by defect."""
    found: dict[str, set[str]] = {}
    for row in whole.truth("defects", "digital"):
        found.setdefault(row["defect"], set()).add(row["record_key"])
    return found


def test_events_have_the_columns_of_their_contract(events: dict[str, Event]) -> None:
    path = PROJECT_DIR / "dbt_project/models/staging/digital/_digital__sources.yml"
    (table,) = yaml.safe_load(path.read_text())["sources"][0]["tables"]
    expected = [column["name"] for column in table["columns"]]
    assert list(EVENTS.columns) == expected
    assert all(list(row) == expected for row in events.values())


def test_there_are_as_many_as_planned(whole: Generation, events: dict[str, Event]) -> None:
    assert len(events) == whole.summary.rows["digital.events"]
    assert 9 < len(events) / whole.config.customers < 14
    assert {row["interaction_type"] for row in events.values()} == set(INTERACTION_TYPES)


def test_customer_mail_and_device_are_of_one_person(
    whole: Generation, events: dict[str, Event], spoilt: dict[str, set[str]]
) -> None:
    owner = {
        device: row["person_id"]
        for row in whole.truth("people")
        for device in row["device_ids"].split()
    }
    person = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    own = {row["person_id"]: row["email"] for row in whole.truth("people")}
    shared = {row["value_after"] for row in whole.defects("shared_email")}
    logged_in = mailed = 0
    for key, row in events.items():
        if row["customer_id"] and key not in spoilt["orphan_key"]:
            logged_in += 1
            assert person[row["customer_id"]] == owner[row["device_id"]]
        if row["email"] and row["email"] not in shared:
            mailed += row["email"] == own[owner[row["device_id"]]]
            assert row["interaction_type"].startswith("EMAIL_")
    assert logged_in > 1_000
    assert mailed > 1_000


def test_orphans_and_future_events_are_those_in_truth(
    whole: Generation, events: dict[str, Event], spoilt: dict[str, set[str]]
) -> None:
    customers = whole.rows("customers")
    orphans = {
        key
        for key, row in events.items()
        if row["customer_id"] and row["customer_id"] not in customers
    }
    future = {key for key, row in events.items() if row["occurred_at"][:10] > str(whole.config.end)}
    assert orphans == spoilt["orphan_key"] != set()
    assert future == spoilt["future_date"] != set()


def test_instants_are_written_as_programs_write_them(events: dict[str, Event]) -> None:
    assert all(
        len(row["occurred_at"]) == len("2024-01-15T14:30:00Z") and row["occurred_at"].endswith("Z")
        for row in events.values()
    )
