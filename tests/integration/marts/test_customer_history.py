"""The history of the golden record outlives rebuilds, and what a replay sees stays out of it."""

import csv
from collections.abc import Iterator

import pandas as pd
import pytest

from customer360.database.setup import ensure_database
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

SELECTION = (
    "+dim_customers_history_personal",
    "+dim_customers_personal",
    "identity_customers_logged",
)
CUSTOMERS = ("customer_id", "first_name", "last_name", "email", "phone", "city", "created_at")
ORDERS = ("order_id", "customer_id", "product_id", "ordered_at", "quantity", "amount")
HISTORY = """
    select first_name, city, version_number, valid_from, valid_to, is_current
    from warehouse_next.dim_customers_history
    inner join warehouse_next.dim_customers_history_personal
        using (customer_version_id, customer_id)
    order by first_name, version_number
"""
LOGGED = "select count(*) as versions from history.int_customer_versions_logged"


def deliver(
    warehouse: Warehouse, day: str, customers: list[tuple[str, str, str]], email: str = ""
) -> None:
    """Deliver accounts (id, first name, city), and an order that makes `day` the newest."""
    accounts = [
        (key, name, "Smith", email or f"{key}@example.com", "", city, "2025-01-01")
        for key, name, city in customers
    ]
    orders = [(f"O{day}", "1", "P1", day, "1", "10.00")]
    for table, header, rows in (
        ("customers", CUSTOMERS, accounts),
        ("online_transactions", ORDERS, orders),
    ):
        path = warehouse.settings.landing_dir / "shop" / table / f"{table}_{day}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        result = load_file(warehouse.settings, path)
        assert result.status == "loaded", result.message


def build(warehouse: Warehouse, *options: str, as_of_date: str | None = None) -> None:
    """Build what the history needs, without tests: other builds run them."""
    arguments = ["build", "--exclude-resource-type", "unit_test", "test"]
    arguments += ["--select", *SELECTION, *options]
    variables = {"as_of_date": as_of_date} if as_of_date else None
    run_dbt(warehouse.settings, arguments, "tests", variables=variables)


@pytest.fixture(scope="module")
def warehouse(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Three customers on 1 March; on 5 March one has moved, and two turn out to be one."""
    output = tmp_path_factory.mktemp("history")
    with fresh_database(server, output) as settings:
        ensure_database(settings)
        warehouse = Warehouse(settings)
        deliver(warehouse, "2025-03-01", [("1", "Ann", "Bonn"), ("2", "Bea", "Ulm")])
        deliver(warehouse, "2025-02-28", [("3", "Bea", "Jena")])
        build(warehouse)
        deliver(warehouse, "2025-03-05", [("1", "Ann", "Kiel")])
        deliver(warehouse, "2025-03-04", [("3", "Bea", "Jena")], email="2@example.com")
        build(warehouse)
        yield warehouse


def days(*texts: str | None) -> list[object]:
    """Return days as the database gives them."""
    return [pd.Timestamp(text).date() if text else None for text in texts]


def test_versions_hold_from_run_to_run(warehouse: Warehouse) -> None:
    found = warehouse.frame(HISTORY)
    ann = found[found["first_name"] == "Ann"]
    assert ann["city"].tolist() == ["Bonn", "Kiel"]
    assert ann["valid_from"].tolist() == days("2025-03-01", "2025-03-05")
    assert ann["valid_to"].tolist() == days("2025-03-05", None)
    assert ann["is_current"].tolist() == [False, True]


def test_who_was_merged_into_another_has_no_current_version(warehouse: Warehouse) -> None:
    found = warehouse.frame(HISTORY).query("first_name == 'Bea'")
    current = found[found["is_current"]]
    assert len(current) == 1
    ended = found[~found["is_current"]]
    assert ended["valid_to"].tolist() == days("2025-03-05") * len(ended) != []


def test_a_full_refresh_keeps_the_log_and_adds_nothing(warehouse: Warehouse) -> None:
    before, logged = warehouse.frame(HISTORY), warehouse.frame(LOGGED)
    build(warehouse, "--full-refresh")
    assert warehouse.frame(HISTORY).equals(before)
    assert warehouse.frame(LOGGED).equals(logged)


def test_a_replay_sees_its_own_day_and_notes_nothing(warehouse: Warehouse) -> None:
    before = warehouse.frame(LOGGED)
    build(warehouse, as_of_date="2025-03-02")
    assert warehouse.frame(LOGGED).equals(before)
    found = warehouse.frame(HISTORY)
    assert found["valid_from"].unique().tolist() == days("2025-03-01")
    assert found["is_current"].all()
