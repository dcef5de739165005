"""Who is linked with whom, and that customer ids stay: dbt on a real Postgres."""

import pytest

from tests.integration.identity.conftest import CROWD, Step

Steps = dict[str, Step]


def groups(step: Step) -> set[frozenset[str]]:
    """Return the records of each customer that has more than one."""
    members: dict[str, set[str]] = {}
    for record, customer_id in step.customer_ids.items():
        members.setdefault(customer_id, set()).add(record)
    return {frozenset(records) for records in members.values() if len(records) > 1}


def test_same_email_links_and_so_does_same_phone_with_same_name(steps: Steps) -> None:
    """The Oneil who only shares the telephone is somebody else, and so are two without contact."""
    assert groups(steps["first delivery"]) == {frozenset({"1", "9"}), frozenset({"2", "3"})}


def test_value_shared_by_a_crowd_links_nobody(steps: Steps) -> None:
    ids = steps["first delivery"].customer_ids
    assert len({ids[f"crowd{n}"] for n in range(len(CROWD))}) == len(CROWD)


def test_later_record_joins_its_customer(steps: Steps) -> None:
    assert frozenset({"0", "1", "9"}) in groups(steps["second delivery"])


def test_ids_survive_new_deliveries(steps: Steps) -> None:
    """Not even when the record that gave the id is delivered again, corrected."""
    before, after = steps["first delivery"].customer_ids, steps["second delivery"].customer_ids
    assert {record: after[record] for record in before} == before


@pytest.mark.parametrize("model", ["identity_customers", "identity_comparable_records"])
def test_ids_survive_a_build_of_a_part(steps: Steps, model: str) -> None:
    assert steps[f"from {model} on"].customer_ids == steps["second delivery"].customer_ids


@pytest.mark.parametrize("name", ["no-op", "full refresh"])
def test_ids_survive_rebuilds_and_any_order_of_rows(steps: Steps, name: str) -> None:
    assert steps[name].customer_ids == steps["second delivery"].customer_ids


@pytest.mark.parametrize("name", ["no-op", "full refresh"])
def test_incremental_staging_equals_a_full_rebuild(steps: Steps, name: str) -> None:
    assert steps[name].staging == steps["second delivery"].staging
    assert len(steps[name].staging) > len(steps["first delivery"].staging)


def test_last_delivery_wins(steps: Steps) -> None:
    row = next(row for row in steps["second delivery"].staging if row[0] == "9")
    assert "Bell-Ray" in row
