"""What the files say adds up to what people did."""

from collections import Counter, defaultdict
from decimal import Decimal

import numpy as np
import pytest

from data_generators.config import PurchaseProcess
from data_generators.population.households import NEVER, SECONDS_PER_MONTH
from data_generators.population.purchases import Buyers, simulate
from data_generators.sources import SOURCES
from tests.unit.data_generators.conftest import Generation, Row


def goods_bought(generation: Generation) -> list[Row]:
    """Return what people bought of the simulated purchases; vehicles have their own rhythm."""
    sellers = {source.name for source in SOURCES if source.purchase_share}
    return [row for row in generation.truth("purchases", source=None) if row["source"] in sellers]


def test_orders_add_up_to_what_people_spent(whole: Generation) -> None:
    person = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    spent: dict[str, Decimal] = defaultdict(Decimal)
    orders: dict[str, int] = defaultdict(int)
    for row in whole.undone("online_transactions").values():
        if row["status"] != "cancelled":
            spent[person[row["customer_id"]]] += Decimal(row["amount"])
            orders[person[row["customer_id"]]] += 1
    truth = whole.truth("purchases")
    assert spent == {row["person_id"]: Decimal(row["amount"]) for row in truth}
    assert orders == {row["person_id"]: int(row["orders"]) for row in truth}


def test_last_purchase_is_the_dropout(whole: Generation) -> None:
    last: dict[str, str] = defaultdict(str)
    for row in goods_bought(whole):
        last[row["person_id"]] = max(last[row["person_id"]], row["last_at"])
    gone = [row for row in whole.truth("people") if row["dropped_out_at"]]
    assert gone
    for row in gone:
        assert last[row["person_id"]] == row["dropped_out_at"]


def test_browsers_never_buy(whole: Generation) -> None:
    buyers = {row["person_id"] for row in goods_bought(whole)}
    browsers = {row["person_id"] for row in whole.truth("people") if row["persona"] == "browser"}
    assert browsers
    assert not browsers & buyers


def test_orders_follow_accounts_and_returns_follow_orders(whole: Generation) -> None:
    customers, orders = whole.undone("customers"), whole.undone("online_transactions")
    returned = whole.undone("returns")
    for order in orders.values():
        assert order["ordered_at"][:10] >= customers[order["customer_id"]]["created_at"][:10]
    for row in returned.values():
        assert row["returned_at"][:10] > orders[row["order_id"]]["ordered_at"][:10]
        assert 0 < Decimal(row["amount"]) <= Decimal(orders[row["order_id"]]["amount"])
    assert 0.045 < len(returned) / len(orders) < 0.07


def test_purchases_per_person_and_their_skew(whole: Generation) -> None:
    per_person = Counter[str]()
    for row in goods_bought(whole):
        per_person[row["person_id"]] += int(row["orders"])
    assert 7 <= per_person.total() / whole.summary.people <= 12
    assert 0.1 < sum(count == 1 for count in per_person.values()) / len(per_person) < 0.3
    assert max(per_person.values()) > 30


def test_sources_have_their_shares_of_purchases(whole: Generation) -> None:
    orders = Counter[str]()
    for row in goods_bought(whole):
        orders[row["source"]] += int(row["orders"])
    shares = {source.name: source.purchase_share for source in SOURCES if source.purchase_share}
    bought = sum(orders[name] for name in shares)
    for name, share in shares.items():
        assert orders[name] / bought == pytest.approx(share / sum(shares.values()), abs=0.03)


def test_people_buy_only_where_they_are_known(whole: Generation) -> None:
    known: dict[str, set[str]] = defaultdict(set)
    for row in whole.truth("records", source=None):
        known[row["source"]].add(row["person_id"])
    for row in goods_bought(whole):
        assert row["person_id"] in known.get(row["source"], known["shop"])


def test_clean_records_show_the_person_then_and_there(whole: Generation) -> None:
    people = {row["person_id"]: row for row in whole.truth("people")}
    person = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    addresses = {}
    for row in whole.truth("addresses"):
        addresses[row["household_id"]] = row["address"]
    for key, row in whole.undone("customers").items():
        who = people[person[key]]
        assert row["first_name"] == who["first_name"]
        assert row["last_name"] == who["last_name"]
        assert row["address"] == addresses[who["household_id"]]


def buyers(rate: float, dropout: float, count: int) -> Buyers:
    """Return people who are all alike."""
    return Buyers(np.full(count, rate), np.full(count, dropout), np.full(count, 0.05))


def test_without_dropout_purchases_are_poisson() -> None:
    months, rate, count = 24, 0.5, 4_000
    end = int(months * SECONDS_PER_MONTH)
    joined = np.zeros(count, dtype=np.int64)
    rng = np.random.default_rng(1)
    bought, dropped = simulate(buyers(rate, 0.0, count), joined, end, PurchaseProcess(), rng)
    repeats = np.bincount(bought.buyers, minlength=count) - 1
    # Three days until the first purchase are a tenth of a month.
    expected = rate * (months - 0.1)
    assert abs(repeats.mean() - expected) < 4 * (expected / count) ** 0.5
    assert abs(repeats.var() / repeats.mean() - 1) < 0.1
    assert (dropped == NEVER).all()


def test_certain_dropout_means_one_purchase() -> None:
    joined = np.zeros(100, dtype=np.int64)
    rng = np.random.default_rng(1)
    end = int(1_000 * SECONDS_PER_MONTH)
    bought, dropped = simulate(buyers(5.0, 1.0, 100), joined, end, PurchaseProcess(), rng)
    assert sorted(bought.buyers) == list(range(100))
    assert (dropped[bought.buyers] == bought.instants).all()


def test_spend_has_the_mean_of_its_gamma() -> None:
    rng = np.random.default_rng(1)
    process = PurchaseProcess(spend_shape=4.0)
    joined = np.zeros(500, dtype=np.int64)
    end = int(24 * SECONDS_PER_MONTH)
    bought, _ = simulate(buyers(2.0, 0.0, 500), joined, end, process, rng)
    assert abs(bought.spend.mean() / 100 - 4.0 / 0.05) < 1.5
