"""Two CRMs: in the shape of their APIs, about the same people, as these were when last edited."""

import datetime as dt
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.settings import PROJECT_DIR
from data_generators.config import DefectRates, GeneratorConfig
from data_generators.pools import COUNTRIES
from tests.unit.data_generators.conftest import Generation, Row, made

FEEDS = {
    ("salesforce", "contacts"): "Id",
    ("salesforce", "opportunities"): "Id",
    ("dynamics", "contacts"): "contactid",
}


def delivered(generation: Generation, source: str, table: str) -> list[dict[str, Any]]:
    """Return every delivered object of a feed."""
    files = sorted((generation.config.output / "landing" / source / table).glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def by_key(generation: Generation, source: str, table: str) -> dict[str, dict[str, Any]]:
    """Return the delivered objects of a feed by their id."""
    key = FEEDS[source, table]
    return {item[key]: item for item in delivered(generation, source, table)}


@pytest.mark.parametrize(("source", "table"), FEEDS)
def test_objects_have_the_names_of_their_contract(
    whole: Generation, source: str, table: str
) -> None:
    path = PROJECT_DIR / f"dbt_project/models/staging/{source}/_{source}__sources.yml"
    (contract,) = yaml.safe_load(path.read_text())["sources"]
    (feed,) = (feed for feed in contract["tables"] if feed["name"] == table)
    expected = {column["name"] for column in feed["columns"]}
    items = delivered(whole, source, table)
    assert items
    for item in items:
        assert {name.lower() for name in item} == expected


def test_what_is_unknown_is_null_and_instants_have_a_zone(whole: Generation) -> None:
    contacts = delivered(whole, "salesforce", "contacts")
    assert {item["Email"] for item in contacts} >= {None}
    assert "" not in {item[name] for item in contacts for name in ("Email", "Phone", "LeadSource")}
    for item in contacts:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000", item["CreatedDate"])
        assert item["LastModifiedDate"] >= item["CreatedDate"]
        assert item["MailingAddress"]["country"]
    for item in delivered(whole, "dynamics", "contacts"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["createdon"])
        assert item["modifiedon"] >= item["createdon"]
        assert item["statecode"] in {0, 1}


def homes(generation: Generation, source: str) -> dict[str, list[Row]]:
    """Return the addresses of the person behind each record of a source, oldest first."""
    household = {row["person_id"]: row["household_id"] for row in generation.truth("people")}
    history: dict[str, list[Row]] = {}
    for row in generation.truth("addresses"):
        history.setdefault(row["household_id"], []).append(row)
    return {key: history[household[who]] for key, who in generation.people(source).items()}


def home_at(history: list[Row], instant: str) -> Row:
    """Return the address at an instant."""
    return [row for row in history if row["valid_from"] <= instant][-1]


def test_a_contact_shows_the_address_at_its_last_edit(whole: Generation) -> None:
    history = homes(whole, "dynamics")
    moved = 0
    for key, item in by_key(whole, "dynamics", "contacts").items():
        then = home_at(history[key], item["modifiedon"])
        assert item["address1_line1"] == then["address"]
        assert item["address1_postalcode"] == then["postcode"]
        moved += then is not history[key][0]
    assert moved > 0


def test_a_contact_lives_in_a_state_of_its_country(whole: Generation) -> None:
    history = homes(whole, "salesforce")
    states = {country.code: country.states for country in COUNTRIES}
    for key, item in by_key(whole, "salesforce", "contacts").items():
        then = home_at(history[key], item["LastModifiedDate"])
        assert item["MailingAddress"]["state"] == then["state"]
        assert then["state"] in states[then["country"]]


def test_an_edit_comes_with_the_delivery_of_its_day(daily: Generation) -> None:
    files = sorted((daily.config.output / "landing/salesforce/contacts").glob("*.ndjson"))
    days = [re.findall(r"\d{4}-\d\d-\d\d", file.name)[0] for file in files]
    assert len(days) > 2
    for file, (before, day) in zip(files[1:], pairwise(days), strict=True):
        assert before < day
        for line in file.read_text().splitlines():
            assert json.loads(line)["LastModifiedDate"][:10] <= day


def test_opportunities_are_closed_when_their_time_has_come(whole: Generation) -> None:
    contacts = by_key(whole, "salesforce", "contacts")
    spoilt = {row["record_key"] for row in whole.truth("defects", "salesforce")}
    end = whole.config.end
    stages = set()
    for key, item in by_key(whole, "salesforce", "opportunities").items():
        is_closed = item["StageName"].startswith("Closed")
        assert is_closed == (dt.date.fromisoformat(item["CloseDate"]) <= end)
        stages.add(item["StageName"])
        if key not in spoilt:
            assert item["CreatedDate"] >= contacts[item["ContactId"]]["CreatedDate"]
            assert item["Amount"] is None or item["Amount"] > 0
    assert {"Closed Won", "Closed Lost", "Prospecting"} <= stages


def test_orphans_of_the_crm_are_those_in_truth(tmp_path: Path) -> None:
    rates = DefectRates(orphan_key=0.2)
    generation = made(GeneratorConfig(customers=600, seed=7, output=tmp_path, defects=rates))
    contacts = by_key(generation, "salesforce", "contacts")
    opportunities = by_key(generation, "salesforce", "opportunities")
    orphans = {key for key, item in opportunities.items() if item["ContactId"] not in contacts}
    named = generation.defects("orphan_key", "salesforce.opportunities", source="salesforce")
    assert orphans == {row["record_key"] for row in named} != set()
