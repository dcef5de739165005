"""What systems see that know people by the shop's customer id: its accounts and its orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.shop import Shop
from data_generators.tables import Table


@dataclass(frozen=True)
class ShopAccounts:
    """The shop's accounts by row: id, holder (position), address given, instant of registration."""

    ids: Sequence[str]
    people: Integers
    emails: Sequence[str]
    instants: Integers

    def first_of(self, count: int) -> Integers:
        """Return the row of the oldest account of each of `count` people, -1 without any."""
        rows = np.full(count, -1, dtype=np.int64)
        newest_first = np.argsort(-self.instants, kind="stable")
        rows[self.people[newest_first]] = newest_first
        return rows


@dataclass(frozen=True)
class ShopOrders:
    """The shop's orders that were not cancelled: rows of its table, rows of its accounts."""

    table: Table
    rows: Integers
    accounts: Integers
    instants: Integers

    def column(self, name: str) -> list[str]:
        """Return a column of the orders."""
        values = self.table.columns[name]
        return [values[row] for row in self.rows.tolist()]


def shop_accounts(earlier: Mapping[str, Observation]) -> ShopAccounts:
    """Return the accounts that the shop saw."""
    shop = earlier[Shop.name]
    customers = shop.tables[0]
    if shop.people is None:
        raise ValueError("the shop keeps customer records")
    return ShopAccounts(
        customers.columns["customer_id"],
        shop.people,
        customers.columns["email"],
        customers.instants,
    )


def shop_orders(block: Block, earlier: Mapping[str, Observation]) -> ShopOrders:
    """Return the orders that the shop took."""
    table = earlier[Shop.name].tables[1]
    status = np.array(table.columns["status"], dtype=object)
    rows = np.flatnonzero(status != "cancelled")
    first = block.plan.accounts[Shop.name].first
    ids = table.columns["customer_id"]
    accounts = [int(ids[row][1:]) - first for row in rows.tolist()]
    return ShopOrders(table, rows, np.array(accounts, dtype=np.int64), table.instants[rows])
