"""What generated people really bought, as the truth files tell it, against what the facts say."""

from decimal import Decimal

import pandas as pd
import pytest

from tests.integration.marts.warehouse import Warehouse

LOSES_THE_CUSTOMER = "orphan_key"
LOSES_THE_ORDER = {"negative_amount": "negative_amount", "future_date": "future_date"}


def truth(warehouse: Warehouse, name: str) -> pd.DataFrame:
    """Return a truth file, all of it text."""
    return pd.read_csv(
        warehouse.settings.data_dir / "truth" / name, dtype=str, keep_default_na=False
    )


@pytest.fixture(scope="module")
def orders(generated: Warehouse) -> pd.DataFrame:
    """Every order as the warehouse sees it, with what the truth knows of its defects."""
    delivered = generated.frame(
        "select transaction_key, source_customer_key, customer_id, amount, status, exclusion_reason"
        " from intermediate.int_transactions_judged where source_name = 'shop'"
    )
    defects = truth(generated, "defects.csv").query("feed == 'shop.online_transactions'")
    keys = "shop:" + defects["record_key"]
    for defect in (LOSES_THE_CUSTOMER, *LOSES_THE_ORDER):
        delivered[defect] = delivered["transaction_key"].isin(keys[defects["defect"] == defect])
    orphans = defects[defects["defect"] == LOSES_THE_CUSTOMER]
    accounts = dict(zip("shop:" + orphans["record_key"], orphans["value_before"], strict=True))
    delivered["account"] = [
        accounts.get(key, account.removeprefix("shop:"))
        for key, account in zip(
            delivered["transaction_key"], delivered["source_customer_key"], strict=True
        )
    ]
    return delivered


def test_each_defect_occurs(orders: pd.DataFrame) -> None:
    assert orders[[LOSES_THE_CUSTOMER, *LOSES_THE_ORDER]].any().all()


def test_an_order_is_left_out_for_its_defect_and_for_nothing_else(orders: pd.DataFrame) -> None:
    expected = pd.Series(None, index=orders.index, dtype=object)
    expected[orders["negative_amount"]] = "negative_amount"
    expected[orders["status"] == "cancelled"] = "cancelled"
    expected[orders["future_date"]] = "future_date"
    found = orders["exclusion_reason"].astype(object)
    pd.testing.assert_series_equal(
        found.where(found.notna(), "counts"),
        expected.where(expected.notna(), "counts"),
        check_names=False,
    )


def test_orders_without_a_customer_are_the_orphans(orders: pd.DataFrame) -> None:
    assert set(orders.index[orders["customer_id"].isna()]) == set(
        orders.index[orders[LOSES_THE_CUSTOMER]]
    )


def test_what_people_spent_arrives_to_the_cent(generated: Warehouse, orders: pd.DataFrame) -> None:
    """Facts plus what the injected defects took out of them are each person's true spend."""
    people = truth(generated, "records.csv").query("source == 'shop'")
    person_of = dict(zip(people["source_id"], people["person_id"], strict=True))
    done = orders[orders["status"] != "cancelled"]
    persons = done["account"].map(person_of)
    found = done["amount"].abs().groupby(persons).agg(["size", "sum"])

    expected = truth(generated, "purchases.csv").query("source == 'shop'").set_index("person_id")
    assert found["size"].to_dict() == expected["orders"].astype(int).to_dict()
    assert found["sum"].to_dict() == expected["amount"].map(Decimal).to_dict()


def test_facts_are_the_orders_that_count(generated: Warehouse, orders: pd.DataFrame) -> None:
    counted = orders[orders["exclusion_reason"].isna()]
    facts = generated.frame(
        "select count(*) as orders, sum(amount) as amount from warehouse_next.fct_transactions"
        " where source_name = 'shop'"
    )
    assert facts.to_dict("records") == [{"orders": len(counted), "amount": counted["amount"].sum()}]
