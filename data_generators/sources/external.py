"""Systems without code of their own that deliver the canonical columns, each in its format."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from data_generators.catalogue import RANGES, Catalogue, choose_products
from data_generators.defects import CUSTOMER_DEFECTS, future_date, orphan_key
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.records import (
    Cells,
    Differences,
    Registrations,
    accounts_used,
    describe,
    holders_only,
    register,
)
from data_generators.sources.shop import PAYMENT_METHODS, PAYMENT_SHARES, draw, money
from data_generators.tables import Feed, Format, Table

CUSTOMER_COLUMNS = (
    "source",
    "source_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "dob",
    "street",
    "city",
    "state",
    "postcode",
    "country",
    "created_at",
)
TRANSACTION_COLUMNS = (
    "source",
    "transaction_id",
    "customer_id",
    "transaction_at",
    "quantity",
    "amount",
    "product_id",
    "product_name",
    "category",
    "channel",
    "payment_method",
    "status",
)
# Who does not ask for it cannot deliver it.
GIVES_BIRTH_DATE = 0.6


@dataclass(frozen=True)
class System:
    """One such system; `share` is its part of the accounts, `channel` empty where it says none."""

    name: str
    share: float
    format: Format
    channel: str

    @property
    def customers(self) -> Feed:
        """The feed of its customers."""
        return Feed(
            source="external",
            table="customers",
            columns=CUSTOMER_COLUMNS,
            key="source_id",
            dated_by="created_at",
            defects=CUSTOMER_DEFECTS,
            format=self.format,
            types={"dob": "date", "created_at": "instant"},
            dates="mixed" if self.format == "csv" else "iso",
            variant=self.name,
            folder="external_customers",
        )

    @property
    def transactions(self) -> Feed:
        """The feed of its transactions."""
        return Feed(
            source="external",
            table="transactions",
            columns=TRANSACTION_COLUMNS,
            key="transaction_id",
            dated_by="transaction_at",
            # Here a negative amount is a refund and no defect.
            defects=(orphan_key("customer_id", "X"), future_date("transaction_at")),
            format=self.format,
            types={"quantity": "integer", "amount": "money", "transaction_at": "instant"},
            dates="mixed" if self.format == "csv" else "iso",
            variant=self.name,
            folder="external_transactions",
        )


SYSTEMS = (
    System("marketplace", 0.5, "csv", "marketplace"),
    System("partner_portal", 0.3, "ndjson", ""),
    System("rental_desk", 0.2, "parquet", "rental"),
)


@dataclass(frozen=True)
class Members:
    """The accounts of all these systems: holders, ids, and the position of each one's system."""

    accounts: Registrations
    ids: list[str]
    systems: Integers

    def rows_of(self, system: int) -> Integers:
        """Return the rows of a system's accounts."""
        return np.flatnonzero(self.systems == system)


class External:
    """People who also buy through a marketplace, a partner or the rental desk."""

    name = "external"
    record_share = 0.1
    purchase_share = 0.1
    feeds = tuple(feed for system in SYSTEMS for feed in (system.customers, system.transactions))

    def reference_tables(self, _: Catalogue) -> list[Table]:
        """Return none: each transaction names its product."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],  # noqa: ARG002 - these systems know of no other
    ) -> Observation:
        """Return the customers of each system, then the transactions of each."""
        members = make_members(block)
        accounts = members.accounts
        seen = Differences("external.customers", members.ids)
        cells = customer_cells(block, members, seen)
        rows_of = [members.rows_of(index) for index in range(len(SYSTEMS))]
        customers = [
            part(system.customers, cells, accounts.instants, rows)
            for system, rows in zip(SYSTEMS, rows_of, strict=True)
        ]
        bought = holders_only(accounts, block.purchases.buyers, purchases)
        transactions, sales = transaction_tables(block, bought, members, catalogue)
        return Observation(
            tables=(*customers, *transactions),
            people=accounts.people[np.concatenate(rows_of)],
            findings=[
                finding._replace(column="street") if finding.column == "address" else finding
                for finding in seen.findings
            ],
            sales=sales,
        )


def make_members(block: Block) -> Members:
    """Let people register with one of the systems, some of them more than once."""
    plan = block.plan.accounts[External.name]
    shares = [system.share for system in SYSTEMS]
    accounts = register(block, plan, External.name)
    drawn = block.stream("external systems").choice(len(SYSTEMS), plan.count, p=shares)
    return Members(
        accounts,
        [f"X{number:09d}" for number in range(plan.first, plan.first + plan.count)],
        drawn[accounts.first_of()],
    )


def part(feed: Feed, cells: Cells, instants: Integers, rows: Integers) -> Table:
    """Return some rows as the table of a feed, which names its system."""
    chosen = rows.tolist()
    columns = {name: [values[row] for row in chosen] for name, values in cells.items()}
    columns["source"] = [feed.variant] * len(chosen)
    return Table(feed, columns, instants[rows])


def customer_cells(block: Block, members: Members, seen: Differences) -> Cells:
    """Return all customers in the canonical columns."""
    accounts, ids = members.accounts, members.ids
    cells = describe(block, accounts, "external", seen)
    homes, households = block.households, block.people.households[accounts.people]
    periods = homes.period_at(households, accounts.instants)
    births = block.people.birth_dates[accounts.people].astype(str)
    is_given = block.stream("external birth dates").random(len(ids)) < GIVES_BIRTH_DATE
    return {
        **{name: values for name, values in cells.items() if name != "address"},
        "source_id": ids,
        "dob": np.where(is_given, births, "").tolist(),
        "street": cells["address"],
        "state": homes.states[households, periods].tolist(),
        "postcode": homes.postcodes[households, periods].tolist(),
    }


def transaction_tables(
    block: Block, purchases: Integers, members: Members, catalogue: Catalogue
) -> tuple[list[Table], Sales]:
    """Turn purchases into transactions of the system whose account was used."""
    rng = block.stream("external transactions")
    bought, accounts = block.purchases, members.accounts
    buyers, instants = bought.buyers[purchases], bought.instants[purchases]
    used = accounts_used(accounts, buyers, instants, rng)
    instants = np.maximum(instants, accounts.instants[used])
    order = np.argsort(instants, kind="stable")
    buyers, instants, used = buyers[order], instants[order], used[order]
    cents = bought.spend[purchases][order]
    cells = {
        "transaction_id": [f"XT{block.plan.index:05d}{n:06d}" for n in range(1, len(order) + 1)],
        "customer_id": [members.ids[account] for account in used.tolist()],
        "amount": money(cents),
        "payment_method": draw(PAYMENT_METHODS, PAYMENT_SHARES, len(order), rng),
        "status": [""] * len(order),
        **product_cells(catalogue, cents, block.people.favourites[buyers], rng),
    }
    tables = []
    for index, system in enumerate(SYSTEMS):
        rows = np.flatnonzero(members.systems[used] == index)
        cells["channel"] = [system.channel] * len(order)
        tables.append(part(system.transactions, cells, instants, rows))
    return tables, Sales(buyers, instants, cents)


def product_cells(
    catalogue: Catalogue, cents: Integers, favourites: Integers, rng: Generator
) -> Cells:
    """Return product and quantity of each transaction; ids are those of the systems, not ours."""
    products, quantities = choose_products(catalogue, cents, favourites, rng)
    categories = np.array(list(RANGES), dtype=object)
    return {
        "product_id": [f"EX-{product_id}" for product_id in catalogue.product_ids[products]],
        "product_name": catalogue.names[products].tolist(),
        "category": categories[catalogue.categories[products]].tolist(),
        "quantity": [str(quantity) for quantity in quantities.tolist()],
    }
