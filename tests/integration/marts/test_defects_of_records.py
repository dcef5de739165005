"""Defects that only other records can show: who is flagged, against whom the truth names.

What is found rests on identity, so it is judged twice: over the customers that the warehouse makes,
and over the true ones, where what the models find is all that the delivered records can tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pytest
from psycopg2.extras import execute_values

from customer360.database.connection import connect
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

FLAGS = """
    select *
    from intermediate.int_customer_fields_judged
    inner join intermediate.int_customer_names_compared using (source_customer_key)
    inner join intermediate.int_customer_contacts_compared using (source_customer_key)
    inner join identity.identity_customers using (source_customer_key)
"""
# What makes the name on a record another than its person's.
NAME_DEFECTS = ("typo", "nickname", "swapped_names", "maiden_name", "special_characters")
# Least share of the flagged that the truth names, and least share found of those that the truth
# names and another record of the person shows up: over true customers, and over the warehouse's.
BARS = {
    "duplicate_record": ((0.98, 0.98), (0.95, 0.95)),
    "moved_house": ((1.0, 1.0), (0.95, 0.9)),
    "typo": ((0.95, 0.95), (0.95, 0.9)),
    "nickname": ((0.9, 0.85), (0.85, 0.85)),
    "swapped_names": ((0.8, 0.8), (0.8, 0.8)),
    "maiden_name": ((0.95, 0.9), (0.8, 0.8)),
    "dotted_email": ((1.0, 1.0), (1.0, 1.0)),
    "shared_email": ((0.85, 0.95), (0.85, 0.95)),
    "shared_phone": ((0.85, 0.95), (0.85, 0.95)),
}


@dataclass(frozen=True)
class Judged:
    """Every customer record with its flags and its person, and the truth's findings about it."""

    records: pd.DataFrame
    findings: pd.DataFrame

    def named(self, *defects: str) -> pd.Series:
        """Return for each record whether the truth names it for one of the defects."""
        keys = self.findings.loc[self.findings["defect"].isin(defects), "key"]
        return self.records["key"].isin(keys)

    def others_of_the_person(self, chosen: pd.Series) -> pd.Series:
        """Return for each record how many other records of its person are among the chosen."""
        return chosen.groupby(self.records["person_id"]).transform("sum") - chosen

    def visible(self, defect: str) -> pd.Series:
        """Return the records that the truth names and that another one shows up."""
        named = self.named(defect)
        match defect:
            case "duplicate_record":
                return named
            case "moved_house":
                has_address = ~self.records["feed"].isin(
                    ["loyalty.loyalty_accounts", "retail_api.customers"]
                )
                return named & (self.others_of_the_person(has_address & ~named) > 0)
            case "dotted_email":
                return named & self.has_plainer_spelling()
            case "shared_email" | "shared_phone":
                is_whole = self.records[defect.removeprefix("shared_")].notna()
                return named & is_whole & self.is_held_by_several(defect)
            case _:
                others = [name for name in NAME_DEFECTS if name != defect]
                plain = ~self.named(*NAME_DEFECTS)
                # Of two forms that are as common in a customer, either may be the wrong one.
                needed = 1 if defect in {"nickname", "maiden_name"} else 2
                return named & ~self.named(*others) & (self.others_of_the_person(plain) >= needed)

    def has_plainer_spelling(self) -> pd.Series:
        """Return whether another record writes a record's address with fewer dots."""
        untagged = self.records["email"].str.replace(r"\+.*@", "@", regex=True)
        dots = untagged.str.count(r"\.")
        mailboxes = untagged.str.replace(".", "", regex=False)
        return dots > dots.groupby(mailboxes).transform("min")

    def is_held_by_several(self, defect: str) -> pd.Series:
        """Return whether the shared value that a record gives was given by others of the family.

        Values are as they were before other defects spoilt some of them.
        """
        given = self.findings[self.findings["defect"] == defect].set_index("key")["value_after"]
        values = self.records["key"].map(given)
        if defect == "shared_phone":  # typed in many ways
            values = self.records["phone"].where(values.notna())
        is_clean = ~self.named(*NAME_DEFECTS) & ~self.named("missing_email", "malformed_email")
        names = self.records["true_name"].where(is_clean & values.notna())
        return names.groupby(values).transform("nunique") > 1


def judged(warehouse: Warehouse) -> Judged:
    """Return what the models and what the truth say of each record."""
    folder = warehouse.settings.data_dir / "truth"
    records = pd.read_csv(folder / "records.csv", dtype=str)
    records["source_customer_key"] = records["source"] + ":" + records["source_id"]
    people = pd.read_csv(folder / "people.csv", dtype=str, keep_default_na=False)
    records = records.merge(people[["person_id", "first_name"]], on="person_id")
    contacts = warehouse.frame(
        "select source_customer_key, email, phone from identity.identity_records"
    )
    flags = warehouse.frame(FLAGS).merge(contacts, on="source_customer_key")
    flags = flags.merge(records.rename(columns={"first_name": "true_name"}))
    findings = pd.read_csv(folder / "defects.csv", dtype=str, keep_default_na=False)
    return Judged(
        flags.assign(key=flags["feed"] + ":" + flags["source_id"]),
        findings.assign(key=findings["feed"] + ":" + findings["record_key"]),
    )


def replace_customers(settings: Settings, people: pd.DataFrame) -> None:
    """Make every person one customer."""
    values = list(people.itertuples(index=False, name=None))
    with connect(settings) as connection, connection.cursor() as cursor:
        execute_values(
            cursor,
            "update identity.identity_customers set customer_id = people.person_id"
            " from (values %s) as people (source_customer_key, person_id)"
            " where identity_customers.source_customer_key = people.source_customer_key",
            values,
            page_size=len(values),
        )
        connection.commit()


@pytest.fixture(scope="module")
def found(generated: Warehouse) -> Judged:
    """The records judged over the customers that the warehouse made."""
    return judged(generated)


@pytest.fixture(scope="module")
def true(server: Settings, generated: Warehouse, found: Judged) -> Iterator[Judged]:
    """The same records judged over customers that are the true people."""
    with fresh_database(server, generated.settings.data_dir, generated.database) as settings:
        replace_customers(settings, found.records[["source_customer_key", "person_id"]])
        run_dbt(settings, ["run", "--select", "int_customer_names_parted+"], "tests")
        yield judged(Warehouse(settings))


def shares(records: Judged, defect: str) -> tuple[float, float]:
    """Return which share of the flagged is named, and of the visible is flagged."""
    flagged, visible = records.records[defect], records.visible(defect)
    assert visible.sum() >= 5, "the generators injected too few: the test would say nothing"
    return records.named(defect)[flagged].mean(), flagged[visible].mean()


@pytest.mark.parametrize("defect", BARS)
def test_over_true_customers_other_records_show_the_defect(true: Judged, defect: str) -> None:
    precision, recall = shares(true, defect)
    (least_precision, least_recall), _ = BARS[defect]
    assert precision >= least_precision
    assert recall >= least_recall


@pytest.mark.parametrize("defect", BARS)
def test_over_found_customers_most_of_it_is_seen(found: Judged, defect: str) -> None:
    precision, recall = shares(found, defect)
    _, (least_precision, least_recall) = BARS[defect]
    assert precision >= least_precision
    assert recall >= least_recall


def test_over_true_customers_each_source_doubles_as_many_as_the_truth_says(true: Judged) -> None:
    """Nobody can tell which of two accounts of one day is the second, but how many there are."""
    feeds = true.records["feed"]
    expected = true.named("duplicate_record").groupby(feeds).sum()
    assert expected.min() > 0
    assert true.records["duplicate_record"].groupby(feeds).sum().to_dict() == expected.to_dict()
