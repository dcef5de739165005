"""A build as of a past day holds what was known of the business on that day, and nothing later."""

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import pytest

from customer360.settings import Settings
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

DAY = dt.date(2024, 7, 31)
# What looks ahead, and what is of the run and not of the business.
MAY_BE_LATER = {
    ("dim_dates", "date_day"),
    ("dim_dates", "month_start_date"),
    ("dim_dates", "month_end_date"),
    ("dim_dates", "week_start_date"),
    ("customer_360", "predicted_next_purchase_date"),
    ("customer_metrics", "predicted_next_purchase_date"),
    ("fct_opportunities", "close_date"),  # hoped for
    ("dim_customers_history", "recorded_at"),  # when a run noted it
    ("customer_segments_history", "recorded_at"),
    ("data_quality_issues", "loaded_at"),
    ("match_quality", "evaluated_at"),
}
COLUMNS = """
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = 'warehouse_next' and data_type in ('date', 'timestamp with time zone')
"""
# Every customer record: when it was made and last changed, as far as that was before its load.
RECORDS = """
    select
        customers.customer_id, customers.source_customer_key, records.email,
        case when records.created_at <= records._loaded_at
            then (records.created_at at time zone 'UTC')::date end as made,
        case when records.updated_at <= records._loaded_at
            then (records.updated_at at time zone 'UTC')::date end as changed
    from identity.identity_customers as customers
    inner join identity.identity_records as records using (source_customer_key)
"""


@pytest.fixture(scope="module")
def replayed(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A year of deliveries, built as of a day in its middle."""
    output = tmp_path_factory.mktemp("replayed")
    days = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 12, 31)}
    generate(GeneratorConfig(customers=600, seed=11, output=output, **days))
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        warehouse.build(as_of_date=str(DAY))
        yield warehouse


@pytest.fixture(scope="module")
def records(replayed: Warehouse) -> pd.DataFrame:
    """Every record, with whether it was made and whether its version was known by the day."""
    found = replayed.frame(RECORDS)
    made, changed = found["made"].fillna(DAY), found["changed"].fillna(DAY)
    return found.assign(is_made=made <= DAY, is_known=(made <= DAY) & (changed <= DAY))


def test_no_day_and_no_instant_is_later(replayed: Warehouse) -> None:
    later = {}
    for table, column, kind in replayed.frame(COLUMNS).itertuples(index=False):
        value = column if kind == "date" else f"({column} at time zone 'UTC')::date"
        query = f"select count(*) as later from warehouse_next.{table} where {value} > '{DAY}'"
        if (count := replayed.frame(query)["later"][0]) > 0:
            later[(table, column)] = int(count)
    assert later.keys() <= MAY_BE_LATER, later


def test_customers_are_those_who_had_a_record_or_had_done_something(
    replayed: Warehouse, records: pd.DataFrame
) -> None:
    customers = replayed.frame("select customer_id, record_count from warehouse_next.dim_customers")
    found = customers.set_index("customer_id")["record_count"]
    expected = records[records["is_made"]].groupby("customer_id").size()
    assert 0 < len(expected) < records["customer_id"].nunique()
    assert found[found > 0].sort_index().to_dict() == expected.sort_index().to_dict()
    active = replayed.frame(
        "select customer_id from warehouse_next.fct_transactions"
        " union select customer_id from warehouse_next.fct_digital_events"
        " union select customer_id from warehouse_next.fct_support_interactions"
    )["customer_id"]
    assert set(active.dropna()) <= set(found.index)


def test_identifiers_are_of_records_made_by_the_day(
    replayed: Warehouse, records: pd.DataFrame
) -> None:
    found = replayed.frame(
        "select identifier_type, identifier"
        " from warehouse_next.bridge_customer_identifiers_personal"
    )
    keys = set(found.query("identifier_type == 'source_key'")["identifier"])
    assert keys == set(records[records["is_made"]]["source_customer_key"])
    emails = set(found.query("identifier_type == 'email'")["identifier"])
    known = records[records["is_known"]]["email"].dropna()
    assert emails == set(known)
    assert set(records["email"].dropna()) > emails


def test_no_golden_record_takes_a_value_from_a_later_version(
    replayed: Warehouse, records: pd.DataFrame
) -> None:
    keys = [f"{part}_source_key" for part in ("name", "email", "phone", "birth_date", "address")]
    golden = replayed.frame(f"select {', '.join(keys)} from warehouse_next.dim_customers_personal")
    used = set(golden.melt()["value"].dropna())
    assert used
    assert used <= set(records[records["is_known"]]["source_customer_key"])
