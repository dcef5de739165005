"""Dealers: vehicles are bought, serviced and given in, in this order, by who really does so."""

import re
from collections import defaultdict
from decimal import Decimal

from tests.unit.data_generators.conftest import Generation, Row

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


def undone(generation: Generation, table: str) -> dict[str, Row]:
    """Return delivered rows of the dealers with every named defect undone."""
    return generation.undone(table, "dealership")


def test_truth_is_what_people_paid_for_vehicles_and_service(whole: Generation) -> None:
    person = whole.people("dealership")
    spent: dict[str, Decimal] = defaultdict(Decimal)
    times: dict[str, int] = defaultdict(int)
    for row in undone(whole, "vehicle_sales").values():
        spent[person[row["customer_id"]]] += Decimal(row["sale_price"])
        times[person[row["customer_id"]]] += 1
    for row in undone(whole, "service_records").values():
        if row["is_warranty"] == "false":
            spent[person[row["customer_id"]]] += Decimal(row["service_amount"])
            times[person[row["customer_id"]]] += 1
    truth = whole.truth("purchases", "dealership")
    assert truth
    assert spent == {row["person_id"]: Decimal(row["amount"]) for row in truth}
    assert times == {row["person_id"]: int(row["orders"]) for row in truth}


def test_numbers_of_vehicles_are_valid_and_never_given_twice(whole: Generation) -> None:
    sold = [row["vin"] for row in whole.rows("vehicle_sales", "dealership").values()]
    assert len(set(sold)) == len(sold)
    for row in whole.rows("service_records", "dealership").values():
        assert VIN.fullmatch(row["vin"])
    for vin in sold:
        assert VIN.fullmatch(vin)


def test_a_vehicle_is_serviced_while_it_is_owned(whole: Generation) -> None:
    person = whole.people("dealership")
    sales = undone(whole, "vehicle_sales").values()
    sold = {row["vin"]: row for row in sales}
    given_in = {row["trade_in_vin"]: row for row in sales if row["trade_in_vin"] in sold}
    assert given_in
    for vin, row in given_in.items():
        assert person[sold[vin]["customer_id"]] == person[row["customer_id"]]
        assert sold[vin]["sale_date"] < row["sale_date"]
    known = 0
    for visit in undone(whole, "service_records").values():
        sale = sold.get(visit["vin"])
        if sale is None:
            assert visit["is_warranty"] == "false"
            continue
        known += 1
        assert person[visit["customer_id"]] == person[sale["customer_id"]]
        assert sale["sale_date"] <= visit["service_date"]
        if visit["vin"] in given_in:
            assert visit["service_date"] <= given_in[visit["vin"]]["sale_date"]
    assert known > 20


def test_customers_show_their_first_vehicle_and_last_visit(whole: Generation) -> None:
    first, last = {}, {}
    for row in undone(whole, "vehicle_sales").values():
        day = row["sale_date"][:10]
        first[row["customer_id"]] = min(first.get(row["customer_id"], day), day)
    for row in undone(whole, "service_records").values():
        day = row["service_date"][:10]
        last[row["customer_id"]] = max(last.get(row["customer_id"], day), day)
    customers = undone(whole, "customers")
    assert {key: row["purchase_date"] for key, row in customers.items()} == {
        key: first.get(key, "") for key in customers
    }
    assert {key: row["last_service_date"] for key, row in customers.items()} == {
        key: last.get(key, "") for key in customers
    }
    statuses = {row["customer_status"] for row in customers.values()}
    assert statuses == {"active", "lapsed", "prospect"}


def test_orphans_of_the_dealers_are_those_in_truth(whole: Generation) -> None:
    customers = whole.rows("customers", "dealership")
    for table in ("vehicle_sales", "service_records"):
        rows = whole.rows(table, "dealership")
        orphans = {key for key, row in rows.items() if row["customer_id"] not in customers}
        named = whole.defects("orphan_key", f"dealership.{table}", source="dealership")
        assert orphans == {row["record_key"] for row in named} != set()
