"""Deliveries by day hold the same rows as one delivery, some of them late or twice."""

import datetime as dt
from collections import Counter

from tests.unit.data_generators.conftest import Generation

DATED = ("customers", "online_transactions", "returns")


def test_days_deliver_the_same_rows(whole: Generation, daily: Generation) -> None:
    for table in (*DATED, "products"):
        assert whole.rows(table) == daily.rows(table)


def test_file_names_carry_the_delivery_day(daily: Generation) -> None:
    config = daily.config
    days = {day for day, _ in daily.deliveries("online_transactions")}
    assert min(days) == str(config.initial_delivery)
    assert max(days) == str(config.end)
    assert 0.9 * config.days < len(days) <= config.days + 1  # a day without orders has no file
    assert all(path.name.endswith("_seed7_size2000.csv") for path in daily.files("customers"))


def test_reference_data_comes_once(daily: Generation) -> None:
    assert len(daily.files("products")) == 1


def test_rows_are_delivered_once_unless_truth_says_twice(daily: Generation) -> None:
    for table in DATED:
        times = Counter(next(iter(row.values())) for _, row in daily.deliveries(table))
        twice = {key for key, count in times.items() if count == 2}
        named = daily.defects("duplicate_delivery", f"shop.{table}")
        assert max(times.values()) == 2
        assert twice == {finding["record_key"] for finding in named}


def test_repeated_rows_are_in_the_files_that_truth_names(daily: Generation) -> None:
    delivered = Counter(
        (row["order_id"], day) for day, row in daily.deliveries("online_transactions")
    )
    for finding in daily.defects("duplicate_delivery", "shop.online_transactions"):
        first = (finding["record_key"], finding["value_before"])
        second = (finding["record_key"], finding["value_after"])
        assert delivered[second] == (2 if first == second else 1)
        assert delivered[first]


def test_late_rows_are_exactly_those_in_truth(daily: Generation) -> None:
    clean = {
        finding["record_key"]: finding["value_before"]
        for finding in reversed(daily.truth("defects"))
        if finding["feed"] == "shop.online_transactions" and finding["column"] == "ordered_at"
    }
    first: dict[str, tuple[str, str]] = {}
    for day, row in daily.deliveries("online_transactions"):
        business_day = clean.get(row["order_id"], row["ordered_at"])[:10]
        due = max(business_day, str(daily.config.initial_delivery))
        first.setdefault(row["order_id"], (due, day))
    late = {key for key, (due, day) in first.items() if day != due}
    named = daily.defects("late_delivery", "shop.online_transactions")
    assert late
    assert late == {finding["record_key"] for finding in named}
    for due, day in first.values():
        waited = dt.date.fromisoformat(day) - dt.date.fromisoformat(due)
        assert dt.timedelta(0) <= waited <= dt.timedelta(3)


def test_nothing_is_late_in_one_delivery(whole: Generation) -> None:
    assert not whole.defects("late_delivery")
    assert all(len(whole.files(table)) == 1 for table in DATED)
