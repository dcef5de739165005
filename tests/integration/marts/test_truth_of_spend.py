"""What each person spent over all channels, by the truth, is what customer_360 shows."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import networkx as nx
import pandas as pd
import pytest

from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from data_generators.config import DefectRates, GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

# What takes a true purchase out of what counts is one of these defects.
DEFECT_REASONS = ("negative_amount", "future_date")


@pytest.fixture(scope="module")
def flawless(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Customers of a thousand records in every source, delivered without a single defect."""
    output = tmp_path_factory.mktemp("flawless")
    generate(
        GeneratorConfig(
            customers=1_000,
            seed=11,
            start=dt.date(2024, 1, 1),
            end=dt.date(2024, 12, 31),
            output=output,
            defects=DefectRates(**{rate.name: 0.0 for rate in fields(DefectRates)}),
        )
    )
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        only_models = [f"--exclude-resource-type={kind}" for kind in ("test", "unit_test")]
        run_dbt(settings, ["build", "--select", "+customer_360", *only_models], "tests")
        yield warehouse


def truth(warehouse: Warehouse, name: str) -> pd.DataFrame:
    """Return a truth file, all of it text."""
    path = warehouse.settings.data_dir / "truth" / name
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def true_spend(warehouse: Warehouse) -> pd.DataFrame:
    """Orders and amount of each person over all sources."""
    purchases = truth(warehouse, "purchases.csv")
    purchases = purchases.assign(
        orders=purchases["orders"].astype(int), amount=purchases["amount"].map(Decimal)
    )
    return purchases.groupby("person_id")[["orders", "amount"]].sum()


def people_of_customers(warehouse: Warehouse) -> pd.DataFrame:
    """Which person each customer is, by the records that both have."""
    keys = warehouse.frame(
        "select source_customer_key, customer_id from identity.identity_customers"
    )
    records = truth(warehouse, "records.csv")
    records["source_customer_key"] = records["source"] + ":" + records["source_id"]
    merged = keys.merge(records, on="source_customer_key", how="left")
    assert merged["person_id"].notna().all(), "a record that the truth does not know"
    return merged[["customer_id", "person_id"]].drop_duplicates()


def test_every_source_sells_something(flawless: Warehouse) -> None:
    sources = truth(flawless, "purchases.csv")["source"]
    assert set(sources) == {"shop", "stores", "retail_api", "dealership", "external"}


def test_customers_spent_what_their_people_did(flawless: Warehouse) -> None:
    """To the cent; persons who share customers, and customers of one person, as a group."""
    people = people_of_customers(flawless)
    graph = nx.Graph()
    graph.add_edges_from(zip("c" + people["customer_id"], "p" + people["person_id"], strict=True))
    group_of = {
        node: number
        for number, group in enumerate(nx.connected_components(graph))
        for node in group
    }
    customers = flawless.frame(
        "select customer_id, orders, gross_spend as amount from warehouse_next.customer_360"
    )
    found = customers.groupby(("c" + customers["customer_id"]).map(group_of).to_numpy())
    spend = true_spend(flawless).reset_index()
    expected = spend.groupby(("p" + spend["person_id"]).map(group_of).to_numpy())

    spent = found["amount"].sum()
    assert spent[spent > 0].to_dict() == expected["amount"].sum().to_dict()
    orders = found["orders"].sum()
    assert orders[orders > 0].to_dict() == expected["orders"].sum().to_dict()


def test_nearly_every_customer_is_one_person(flawless: Warehouse) -> None:
    """Else the comparison of groups would say little of persons."""
    people = people_of_customers(flawless)
    one_person = ~people["customer_id"].duplicated(keep=False)
    one_customer = ~people["person_id"].duplicated(keep=False)
    assert (one_person & one_customer).mean() > 0.98


def test_total_spend_lacks_only_what_defects_took(generated: Warehouse) -> None:
    """With all defects: customers, orphans and what does not count for a defect are the truth."""
    spend = true_spend(generated)
    found = generated.frame(
        "select (select sum(orders) from warehouse_next.customer_360) as orders,"
        " (select sum(gross_spend) from warehouse_next.customer_360) as amount"
    ).iloc[0]
    lost = generated.frame(
        "select count(*) as orders, coalesce(sum(abs(amount)), 0) as amount"
        " from intermediate.int_transactions_judged"
        " where coalesce(status, '') <> 'cancelled'"  # tried again: no purchase in truth either
        " and ((exclusion_reason is null and customer_id is null)"
        f" or exclusion_reason in {DEFECT_REASONS})"
    ).iloc[0]
    assert int(found["orders"]) + int(lost["orders"]) == int(spend["orders"].sum())
    assert found["amount"] + lost["amount"] == spend["amount"].sum()
