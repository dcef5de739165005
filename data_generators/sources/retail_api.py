"""A partner's retail system: customers from its API, sales from its database, without amounts.

It has keys of its own for everything and sells part of the company's goods at their list price.
"""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from data_generators.catalogue import (
    FAVOURITE_SHARE,
    RANGES,
    SMALLEST_SEVERAL,
    Catalogue,
    next_of_category,
)
from data_generators.defects import CUSTOMER_DEFECTS, future_date, orphan_key
from data_generators.pools import COUNTRIES
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
from data_generators.sources.shop import money
from data_generators.tables import Feed, Record, Table

# Ids are numbers of nine digits, as the API counts.
FIRST_CUSTOMER = 100_000_000
TRANSACTIONS_PER_BLOCK = 10_000_000
# Names stand in one field, and no telephone number is kept.
UNFIT_DEFECTS = {"missing_phone", "swapped_names", "nickname"}
# Every other product is sold there too.
PRODUCT_STEP = 2
# As list prices are not bargained, a product is taken among so many next cheaper or dearer ones.
NEAR = 3


def api_customer(record: Record) -> dict[str, object]:
    """Return a customer as the API delivers it: the id is a number, what is empty is null."""
    filled = {name: value or None for name, value in record.items()}
    return {**filled, "customer_id": int(record["customer_id"])}


CUSTOMERS = Feed(
    source="retail_api",
    table="customers",
    columns=("customer_id", "full_name", "email", "country", "registration_date"),
    key="customer_id",
    dated_by="registration_date",
    defects=tuple(defect for defect in CUSTOMER_DEFECTS if defect.name not in UNFIT_DEFECTS),
    format="json",
    shape=api_customer,
)
PRODUCTS = Feed(
    source="retail_api",
    table="products",
    columns=("product_id", "product_name", "category", "price"),
    key="product_id",
)
STORES = Feed(
    source="retail_api",
    table="stores",
    columns=("store_id", "store_name", "location"),
    key="store_id",
)
TRANSACTIONS = Feed(
    source="retail_api",
    table="transactions",
    columns=(
        "transaction_id",
        "customer_id",
        "product_id",
        "store_id",
        "quantity",
        "transaction_date",
    ),
    key="transaction_id",
    dated_by="transaction_date",
    defects=(orphan_key("customer_id", ""), future_date("transaction_date")),
)


class RetailApi:
    """The partner's system: who buys there has registered there."""

    name = "retail_api"
    record_share = 0.2
    purchase_share = 0.15
    feeds = (CUSTOMERS, PRODUCTS, STORES, TRANSACTIONS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:
        """Return the products that are sold there, and one store per country."""
        offered = assortment(catalogue)
        categories = np.array(list(RANGES), dtype=object)
        places = [country.spellings[0] for country in COUNTRIES]
        products = {
            "product_id": offered.product_ids.tolist(),
            "product_name": offered.names.tolist(),
            "category": categories[offered.categories].tolist(),
            "price": money(offered.prices),
        }
        stores = {
            "store_id": [str(number) for number in range(1, len(places) + 1)],
            "store_name": [f"Partner Store {place}" for place in places],
            "location": places,
        }
        return [Table(PRODUCTS, products), Table(STORES, stores)]

    def observe(
        self,
        block: Block,
        purchases: Integers,
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],  # noqa: ARG002 - it shares no keys with others
    ) -> Observation:
        """Return accounts and sales of a block."""
        accounts = register(block, block.plan.accounts[self.name], self.name)
        seen = Differences(CUSTOMERS.name, customer_ids(block))
        customers = customer_table(block, accounts, seen)
        purchases = holders_only(accounts, block.purchases.buyers, purchases)
        transactions, sales = transaction_table(block, purchases, accounts, assortment(catalogue))
        return Observation((customers, transactions), accounts.people, seen.findings, sales)


def assortment(catalogue: Catalogue) -> Catalogue:
    """Return the part of the catalogue that is sold there, under the partner's own numbers."""
    categories = catalogue.categories[::PRODUCT_STEP]
    return Catalogue(
        product_ids=np.array([str(n) for n in range(1, len(categories) + 1)], dtype=object),
        names=catalogue.names[::PRODUCT_STEP],
        categories=categories,
        costs=catalogue.costs[::PRODUCT_STEP],
        prices=catalogue.prices[::PRODUCT_STEP],
        next_of_category=next_of_category(categories),
    )


def customer_ids(block: Block) -> list[str]:
    """Return the ids of a block's accounts."""
    plan = block.plan.accounts[RetailApi.name]
    return [str(FIRST_CUSTOMER + plan.first + number) for number in range(plan.count)]


def customer_table(block: Block, accounts: Registrations, seen: Differences) -> Table:
    """Return the customers as they registered, and note what is not their own."""
    given = Differences(CUSTOMERS.name, seen.keys)
    cells = describe(block, accounts, RetailApi.name, given)
    seen.findings += [finding for finding in given.findings if finding.column in ("", "email")]
    names = block.people.names.last_after[accounts.people].tolist()
    columns = {
        "customer_id": list(seen.keys),
        "full_name": full_names(cells["first_name"], cells["last_name"]),
        "email": cells["email"],
        "country": cells["country"],
    }
    own = full_names(cells["first_name"], names)
    seen.note("maiden_name", "full_name", own, columns["full_name"])
    return Table(CUSTOMERS, columns, accounts.instants)


def full_names(first: list[str], last: list[str]) -> list[str]:
    """Return given and family names as one text."""
    return [" ".join(parts) for parts in zip(first, last, strict=True)]


def choose_near(
    offered: Catalogue, spend: Integers, favourites: Integers, rng: Generator
) -> tuple[Integers, Integers]:
    """Find a product and quantity whose list price is about each amount (cents), above or below."""
    last = len(offered.prices) - 1
    wanted = rng.choice((1, 2, 3), size=len(spend), p=(0.8, 0.15, 0.05))
    several = np.where(spend < SMALLEST_SEVERAL, 1, wanted)
    quantities = np.maximum(several, -(-spend // offered.prices[last]))
    fitting = np.searchsorted(offered.prices, spend / quantities)
    favourite = offered.next_of_category[favourites, np.maximum(fitting - NEAR, 0)]
    is_taken = (favourite < np.minimum(fitting + NEAR, last + 1)) & (
        rng.random(len(spend)) < FAVOURITE_SHARE
    )
    other = np.clip(fitting + rng.integers(-NEAR, NEAR, len(spend)), 0, last)
    return np.where(is_taken, favourite, other), quantities


def transaction_table(
    block: Block, purchases: Integers, accounts: Registrations, offered: Catalogue
) -> tuple[Table, Sales]:
    """Turn purchases into sales at list price, which the system therefore does not record."""
    rng = block.stream("retail_api transactions")
    buyers, instants = block.purchases.buyers[purchases], block.purchases.instants[purchases]
    spend, favourites = block.purchases.spend[purchases], block.people.favourites[buyers]
    products, quantities = choose_near(offered, spend, favourites, rng)
    used = accounts_used(accounts, buyers, instants, rng)
    # An account is there before its purchases.
    instants = np.maximum(instants, accounts.instants[used])
    keys = customer_ids(block)
    first = block.plan.index * TRANSACTIONS_PER_BLOCK + 1
    columns = {
        "transaction_id": [str(first + number) for number in range(len(purchases))],
        "customer_id": [keys[account] for account in used.tolist()],
        "product_id": offered.product_ids[products].tolist(),
        "store_id": [str(country + 1) for country in block.people.countries[buyers].tolist()],
        "quantity": [str(quantity) for quantity in quantities.tolist()],
    }
    cents = offered.prices[products] * quantities
    return Table(TRANSACTIONS, columns, instants), Sales(buyers, instants, cents)
