"""The online shop: customer accounts, the product catalogue, orders and returns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import RANGES, Catalogue, choose_products
from data_generators.defects import CUSTOMER_DEFECTS, NEGATIVE_AMOUNT, future_date, orphan_key
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.records import (
    Differences,
    Registrations,
    accounts_used,
    describe,
    holders_only,
    register,
)
from data_generators.tables import Feed, Finding, Table

PAYMENT_METHODS = ("credit_card", "paypal", "bank_transfer", "apple_pay", "invoice")
PAYMENT_SHARES = (0.38, 0.30, 0.12, 0.11, 0.09)
CAMPAIGNS = (
    "",
    "Instagram-ads",
    "Google-ads",
    "Facebook-ads",
    "Twitter-ads",
    "Billboard-QR code",
)
CAMPAIGN_SHARES = (0.62, 0.12, 0.11, 0.08, 0.04, 0.03)
REASONS = ("wrong size", "damaged", "not as described", "changed mind", "arrived late", "other")
REASON_SHARES = (0.30, 0.18, 0.16, 0.22, 0.08, 0.06)

# Payments that failed and were tried again: a cancelled order just before the real one.
CANCELLED_SHARE = 0.04
MOST_SECONDS_TO_RETRY = 1_800
PENDING_DAYS, PENDING_SHARE = 3, 0.6
RETURN_SHARE, MOST_DAYS_TO_RETURN = 0.062, 30
PARTIAL_RETURN_SHARE = 0.15

CUSTOMERS = Feed(
    source="shop",
    table="customers",
    columns=(
        "customer_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "address",
        "city",
        "country",
        "created_at",
    ),
    key="customer_id",
    dated_by="created_at",
    defects=CUSTOMER_DEFECTS,
)
PRODUCTS = Feed(
    source="shop",
    table="products",
    columns=("product_id", "name", "category", "cost", "price"),
    key="product_id",
)
ORDERS = Feed(
    source="shop",
    table="online_transactions",
    columns=(
        "order_id",
        "customer_id",
        "product_id",
        "ordered_at",
        "quantity",
        "amount",
        "payment_method",
        "status",
        "campaign",
    ),
    key="order_id",
    dated_by="ordered_at",
    defects=(orphan_key("customer_id", "C"), NEGATIVE_AMOUNT, future_date("ordered_at")),
)
RETURNS = Feed(
    source="shop",
    table="returns",
    columns=("return_id", "order_id", "returned_at", "reason", "amount"),
    key="return_id",
    dated_by="returned_at",
    defects=(orphan_key("order_id", "O"), future_date("returned_at")),
)


@dataclass(frozen=True)
class Orders:
    """Orders of a block in order of time; accounts, products and purchases are positions."""

    ids: list[str]
    accounts: Integers
    buyers: Integers
    instants: Integers
    cents: Integers
    products: Integers
    quantities: Integers
    is_cancelled: NDArray[np.bool_]


class Shop:
    """The online shop: everybody registers before they order, and some do so again."""

    name = "shop"
    record_share = 1.0
    purchase_share = 1.0
    feeds = (CUSTOMERS, PRODUCTS, ORDERS, RETURNS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:
        """Return the product catalogue in order of product id."""
        order = np.argsort(catalogue.product_ids)
        categories = np.array(list(RANGES), dtype=object)
        columns = {
            "product_id": catalogue.product_ids[order].tolist(),
            "name": catalogue.names[order].tolist(),
            "category": categories[catalogue.categories[order]].tolist(),
            "cost": money(catalogue.costs[order]),
            "price": money(catalogue.prices[order]),
        }
        return [Table(PRODUCTS, columns)]

    def observe(
        self,
        block: Block,
        purchases: Integers,
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],  # noqa: ARG002 - the shop is the first
    ) -> Observation:
        """Return accounts, orders and returns of a block."""
        accounts = register(block, block.plan.accounts[self.name], self.name)
        customers, findings = customer_table(block, accounts)
        keys = customers.columns["customer_id"]
        purchases = holders_only(accounts, block.purchases.buyers, purchases)
        orders = make_orders(block, purchases, accounts, catalogue)
        done = ~orders.is_cancelled
        return Observation(
            tables=(
                customers,
                order_table(block, orders, keys, catalogue),
                return_table(block, orders),
            ),
            people=accounts.people,
            findings=findings,
            sales=Sales(orders.buyers[done], orders.instants[done], orders.cents[done]),
        )


def money(cents: Integers) -> list[str]:
    """Return amounts in EUR with two decimals."""
    return [f"{value // 100}.{value % 100:02d}" for value in cents.tolist()]


def customer_table(block: Block, accounts: Registrations) -> tuple[Table, list[Finding]]:
    """Return the customers as they registered, and what is wrong with them by nature."""
    plan = block.plan.accounts[Shop.name]
    keys = [f"C{number:09d}" for number in range(plan.first, plan.first + plan.count)]
    seen = Differences(CUSTOMERS.name, keys)
    cells = describe(block, accounts, Shop.name, seen)
    return Table(CUSTOMERS, {"customer_id": keys, **cells}, accounts.instants), seen.findings


def make_orders(
    block: Block, purchases: Integers, accounts: Registrations, catalogue: Catalogue
) -> Orders:
    """Turn purchases into orders, with a cancelled attempt before some of them."""
    rng = block.stream("shop orders")
    bought = block.purchases
    products, quantities = choose_products(
        catalogue,
        bought.spend[purchases],
        block.people.favourites[bought.buyers[purchases]],
        rng,
    )
    used = accounts_used(accounts, bought.buyers[purchases], bought.instants[purchases], rng)
    failed = np.flatnonzero(rng.random(len(purchases)) < CANCELLED_SHARE)
    lines = np.concatenate([np.arange(len(purchases)), failed])
    is_cancelled = np.arange(len(lines)) >= len(purchases)
    earlier = np.where(is_cancelled, rng.integers(0, MOST_SECONDS_TO_RETRY, len(lines)), 0)
    instants = bought.instants[purchases][lines]
    # An account is there before its orders, and no order before the window.
    instants = np.maximum(instants - earlier, accounts.instants[used[lines]])
    order = np.lexsort((~is_cancelled, instants))
    lines = lines[order]
    return Orders(
        ids=[f"O{block.plan.index:05d}{number:07d}" for number in range(1, len(lines) + 1)],
        accounts=used[lines],
        buyers=bought.buyers[purchases][lines],
        instants=instants[order],
        cents=bought.spend[purchases][lines],
        products=products[lines],
        quantities=quantities[lines],
        is_cancelled=is_cancelled[order],
    )


def order_table(
    block: Block, orders: Orders, customer_ids: list[str], catalogue: Catalogue
) -> Table:
    """Write orders as rows."""
    rng = block.stream("shop order details")
    count = len(orders.ids)
    recent = orders.instants >= block.window.end - PENDING_DAYS * SECONDS_PER_DAY
    is_pending = recent & (rng.random(count) < PENDING_SHARE)
    status = np.select([orders.is_cancelled, is_pending], ["cancelled", "pending"], "completed")
    columns = {
        "order_id": orders.ids,
        "customer_id": [customer_ids[account] for account in orders.accounts.tolist()],
        "product_id": catalogue.product_ids[orders.products].tolist(),
        "quantity": [str(quantity) for quantity in orders.quantities.tolist()],
        "amount": money(orders.cents),
        "payment_method": draw(PAYMENT_METHODS, PAYMENT_SHARES, count, rng),
        "status": status.tolist(),
        "campaign": draw(CAMPAIGNS, CAMPAIGN_SHARES, count, rng),
    }
    return Table(ORDERS, columns, orders.instants)


def return_table(block: Block, orders: Orders) -> Table:
    """Write returns of completed orders as rows, as far as the goods came back in time."""
    rng = block.stream("shop returns")
    comes_back = rng.random(len(orders.ids)) < RETURN_SHARE
    days = rng.uniform(1, MOST_DAYS_TO_RETURN, len(orders.ids))
    instants = orders.instants + (days * SECONDS_PER_DAY).astype(np.int64)
    is_returned = comes_back & ~orders.is_cancelled & (instants < block.window.end)
    rows = np.flatnonzero(is_returned)
    rows = rows[np.argsort(instants[rows], kind="stable")]
    part = np.where(rng.random(len(rows)) < PARTIAL_RETURN_SHARE, 2, 1)
    columns = {
        "return_id": [f"R{block.plan.index:05d}{n:07d}" for n in range(1, len(rows) + 1)],
        "order_id": [orders.ids[row] for row in rows.tolist()],
        "reason": draw(REASONS, REASON_SHARES, len(rows), rng),
        "amount": money(orders.cents[rows] // part),
    }
    return Table(RETURNS, columns, instants[rows])


def draw(
    values: tuple[str, ...], shares: tuple[float, ...], count: int, rng: Generator
) -> list[str]:
    """Draw values with the given shares."""
    drawn: list[str] = np.array(values, dtype=object)[
        rng.choice(len(values), size=count, p=shares)
    ].tolist()
    return drawn
