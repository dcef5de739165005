"""Every injected defect is in the truth, at its rate, and can be found in the files."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from data_generators import contacts, defects
from data_generators.config import DefectRates
from data_generators.nicknames import NICKNAMES
from tests.unit.data_generators.conftest import Generation, Row

WELL_FORMED = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
KEYS = {"customers": "customer_id", "online_transactions": "order_id", "returns": "return_id"}

RATES = DefectRates()
# Injected in exactly so many rows, up to rounding in each block.
EXACT = (
    "duplicate_record",
    "missing_email",
    "malformed_email",
    "missing_phone",
    "mixed_case",
    "stray_spaces",
    "special_characters",
    "typo",
    "nickname",
    "swapped_names",
    "plus_addressed_email",
    "dotted_email",
)
DRAWN = ("date_day_first", "date_month_first", "date_with_time", "duplicate_delivery")


@pytest.mark.parametrize("name", EXACT)
def test_customer_defects_come_at_their_rates(whole: Generation, name: str) -> None:
    expected = getattr(RATES, name) * whole.summary.rows["shop.customers"]
    assert whole.counts()["shop.customers", name] == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("feed", ["shop.customers", "shop.online_transactions"])
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_defects_come_near_their_rates(whole: Generation, feed: str, name: str) -> None:
    rows = whole.summary.rows[feed]
    rate = getattr(RATES, name)
    tolerance = 4 * (rows * rate * (1 - rate)) ** 0.5
    assert whole.counts()[feed, name] == pytest.approx(rows * rate, abs=tolerance)


@pytest.mark.parametrize("name", ["orphan_key", "negative_amount", "future_date"])
def test_order_defects_come_at_their_rates(whole: Generation, name: str) -> None:
    expected = getattr(RATES, name) * whole.summary.rows["shop.online_transactions"]
    assert whole.counts()["shop.online_transactions", name] == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("name", ["maiden_name", "moved_house", "shared_email", "shared_phone"])
def test_people_differ_from_their_records(whole: Generation, name: str) -> None:
    assert whole.counts()["shop.customers", name] > 10


def test_counts_are_those_of_the_findings(whole: Generation) -> None:
    rows = defaultdict(set)
    for finding in whole.truth("defects", source=None):
        rows[finding["feed"], finding["defect"]].add(finding["record_key"])
    assert whole.counts() == {what: len(keys) for what, keys in rows.items()}
    assert whole.counts() == whole.summary.defects


def test_findings_lead_from_the_truth_to_what_was_delivered(whole: Generation) -> None:
    chains: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for finding in whole.truth("defects"):
        if finding["column"]:
            chains[finding["feed"], finding["record_key"], finding["column"]].append(finding)
    delivered = {table: whole.rows(table) for table in KEYS}
    for (feed, key, column), chain in chains.items():
        for before, after in pairwise(chain):
            assert before["value_after"] == after["value_before"]
        assert chain[-1]["value_after"] == delivered[feed.removeprefix("shop.")][key][column]


def test_what_truth_does_not_name_is_clean(whole: Generation) -> None:
    spoilt = {(row["record_key"], row["column"]) for row in whole.truth("defects")}
    emails = {row["email"]: row["person_id"] for row in whole.truth("people")}
    for key, row in whole.rows("customers").items():
        if (key, "email") not in spoilt and row["email"] not in emails:
            assert "-" in row["email"]  # the second address of a second account
        if (key, "created_at") not in spoilt:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["created_at"])
        if (key, "first_name") not in spoilt:
            assert row["first_name"] == row["first_name"].strip()


def randoms(count: int) -> list[Random]:
    """Return generators with different seeds."""
    return [Random(seed) for seed in range(count)]


def foreign(text: str) -> bool:
    """Return whether a text has characters that no name has."""
    return any(not letter.isalpha() and letter not in " '-.\u2019" for letter in text.strip())


def is_mixed_case(text: str) -> bool:
    """Return whether a text is not written as such texts are."""
    word = text.strip()
    return word != word.lower() if "@" in word else word in {word.upper(), word.lower()}


LOOKS: dict[str, Callable[[str], bool]] = {
    "missing_email": lambda text: text == "",
    "missing_phone": lambda text: text == "",
    "malformed_email": lambda text: not WELL_FORMED.fullmatch(text.strip()),
    "plus_addressed_email": lambda text: "+" in text,
    "dotted_email": lambda text: "." in text.partition("@")[0],
    "special_characters": foreign,
    "mixed_case": is_mixed_case,
    "stray_spaces": lambda text: text != text.strip(),
    "date_day_first": lambda text: bool(re.fullmatch(r"\d\d/\d\d/\d{4}", text)),
    "date_month_first": lambda text: bool(re.fullmatch(r"\d\d-\d\d-\d{4}", text)),
    "date_with_time": lambda text: bool(
        re.fullmatch(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", text),
    ),
    "negative_amount": lambda text: text.startswith("-"),
    "future_date": lambda text: int(max(re.findall(r"\d{4}", text))) >= 2036,
}


@pytest.mark.parametrize("name", LOOKS)
def test_defects_look_like_what_they_are(whole: Generation, name: str) -> None:
    found = whole.defects(name)
    rows = {f"shop.{table}": whole.rows(table) for table in KEYS}
    assert found
    for finding in found:
        row = rows[finding["feed"]][finding["record_key"]]
        assert LOOKS[name](row[finding["column"]]), finding


def test_duplicates_are_the_same_person(whole: Generation) -> None:
    person = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    for finding in whole.defects("duplicate_record"):
        assert person[finding["value_before"]] == person[finding["record_key"]]
        assert finding["value_before"] != finding["record_key"]
    assert len(set(person.values())) == len(person) - len(whole.defects("duplicate_record"))


def test_shared_contacts_are_shared_by_a_household(whole: Generation) -> None:
    household = {row["person_id"]: row["household_id"] for row in whole.truth("people")}
    person = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    people = defaultdict(set)
    for finding in whole.defects("shared_email"):
        people[finding["value_after"]].add(person[finding["record_key"]])
    for sharing in people.values():
        assert len(sharing) > 1
        assert len({household[who] for who in sharing}) == 1


def test_orphans_are_exactly_those_in_truth(whole: Generation) -> None:
    customers, orders = whole.rows("customers"), whole.rows("online_transactions")
    products = whole.rows("products")
    orphans = {key for key, row in orders.items() if row["customer_id"] not in customers}
    lost = {key for key, row in whole.rows("returns").items() if row["order_id"] not in orders}
    named = {finding["record_key"] for finding in whole.defects("orphan_key")}
    assert orphans | lost == named
    assert all(row["product_id"] in products for row in orders.values())


def test_broken_addresses_are_broken() -> None:
    for random in randoms(200):
        broken = defects.malformed_email({"email": "jo.hn7@mail.example.com"}, random)["email"]
        assert not WELL_FORMED.fullmatch(broken)
    assert not defects.malformed_email({"email": ""}, random)


def test_addresses_are_nobodys(whole: Generation) -> None:
    for row in whole.truth("people"):
        assert row["email"].isascii()
        assert re.fullmatch(r"[a-z._-]+\d{4,}@([a-z]+\.)?example\.(com|org|net)", row["email"])


def test_contacts_are_unique(whole: Generation) -> None:
    people = whole.truth("people")
    assert len({row["email"] for row in people}) == len(people)
    assert len({row["phone"] for row in people}) == len(people)


@pytest.mark.parametrize("country", contacts.NUMBERING)
def test_written_numbers_keep_the_number(country: str) -> None:
    plan = contacts.NUMBERING[country]
    for number_of_person, random in enumerate(randoms(100)):
        number = contacts.phone(country, number_of_person, contacts.OWN_PHONE)
        digits = re.sub(r"\(0\)|\D", "", contacts.written_phone(country, number, random))
        assert digits.endswith(number)
        assert digits.removesuffix(number) in {
            plan.calling_code,
            f"00{plan.calling_code}",
            plan.trunk,
            "",
        }


def test_nicknames_are_not_the_names() -> None:
    for name, short in NICKNAMES.items():
        assert name not in short
        assert unicodedata.is_normalized("NFC", name)


def test_quoting_survives(whole: Generation) -> None:
    (path,) = whole.files("products")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {5}
    assert any("," in row[1] for row in rows)
    assert any('"' in row[1] for row in rows)
