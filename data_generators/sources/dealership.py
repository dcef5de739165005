"""The dealerships: people who buy vehicles, trade them in, and bring them to the workshop."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import Catalogue
from data_generators.defects import (
    CUSTOMER_DEFECTS,
    future_date,
    negative_amount_in,
    orphan_key,
)
from data_generators.population.households import NEVER, SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.crm import days, times
from data_generators.sources.records import (
    Differences,
    Registrations,
    accounts_used,
    describe,
    register,
)
from data_generators.sources.shop import draw, money
from data_generators.tables import Feed, Table

DEALERS = tuple(f"DL{number:03d}" for number in range(1, 25))
# Models with their list prices in EUR, cheapest first.
MODELS = {
    "Piccolo 1.0": 13_900,
    "Piccolo Electric": 19_900,
    "Urbano 1.2": 22_500,
    "Familia Estate": 29_800,
    "Familia Hybrid": 34_400,
    "Volta E": 41_900,
    "Montana SUV": 47_500,
    "Gran Turismo": 68_000,
}
VEHICLES_BOUGHT = (0.28, 0.56, 0.13, 0.03)
MOST_DAYS_TO_FIRST_VEHICLE = 60
LEAST_DAYS_TO_NEXT_VEHICLE, MOST_DAYS_TO_NEXT_VEHICLE = 180, 600
LOWEST_PRICE_SHARE, HIGHEST_PRICE_SHARE = 0.9, 1.15
FINANCING = ("cash", "loan", "lease")
FINANCING_SHARES = (0.35, 0.40, 0.25)
# Who buys another vehicle mostly gives the last one in; some of the others give in a foreign one.
TRADE_IN_SHARE, FOREIGN_TRADE_IN_SHARE = 0.6, 0.25
# Of those who bought no vehicle here, so many bring one that they bought elsewhere.
OWN_VEHICLE_SHARE = 0.8
VISITS_PER_YEAR = 1.4
SERVICE_TYPES = (
    "inspection",
    "oil change",
    "tyre change",
    "brakes",
    "repair",
    "warranty repair",
    "recall",
)
WARRANTY_TYPES = ("warranty repair", "recall")
SERVICE_SHARES = (0.28, 0.2, 0.22, 0.08, 0.12, 0.07, 0.03)
SERVICE_SHARES_ELSEWHERE = (0.32, 0.22, 0.24, 0.1, 0.12, 0.0, 0.0)
SERVICE_SHAPE, SERVICE_SCALE, SMALLEST_SERVICE = 2.2, 110.0, 2_000
ACTIVE_DAYS = 365

CUSTOMERS = Feed(
    source="dealership",
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
        "purchase_date",
        "last_service_date",
        "customer_status",
        "created_at",
        "updated_at",
    ),
    key="customer_id",
    dated_by="updated_at",
    defects=CUSTOMER_DEFECTS,
)
VEHICLE_SALES = Feed(
    source="dealership",
    table="vehicle_sales",
    columns=(
        "sale_id",
        "vin",
        "customer_id",
        "dealer_id",
        "model",
        "sale_price",
        "sale_date",
        "financing_type",
        "trade_in_vin",
    ),
    key="sale_id",
    dated_by="sale_date",
    defects=(
        orphan_key("customer_id", "D"),
        negative_amount_in("sale_price"),
        future_date("sale_date"),
    ),
)
SERVICE_RECORDS = Feed(
    source="dealership",
    table="service_records",
    columns=(
        "service_id",
        "vin",
        "customer_id",
        "dealer_id",
        "service_type",
        "service_date",
        "service_amount",
        "is_warranty",
    ),
    key="service_id",
    dated_by="service_date",
    defects=(
        orphan_key("customer_id", "D"),
        negative_amount_in("service_amount"),
        future_date("service_date"),
    ),
)


@dataclass(frozen=True)
class VehicleSales:
    """Vehicles sold in a block in order of time; `sequences` counts a buyer's from 0.

    `given_in_at` is when the vehicle came back for another one (NEVER: not yet).
    """

    buyers: Integers
    instants: Integers
    sequences: Integers
    vins: list[str]
    trade_in_vins: list[str]
    given_in_at: Integers
    models: Integers
    cents: Integers


@dataclass(frozen=True)
class Visits:
    """Visits to the workshop in order of time."""

    people: Integers
    instants: Integers
    vins: list[str]
    types: list[str]
    is_warranty: NDArray[np.bool_]
    cents: Integers


class Dealership:
    """Dealers who share one system: everybody is entered before they buy or come for service."""

    name = "dealership"
    record_share = 0.2
    purchase_share = 0.0
    feeds = (CUSTOMERS, VEHICLE_SALES, SERVICE_RECORDS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002
        """There is none."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - vehicles are bought more rarely than goods
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],  # noqa: ARG002
    ) -> Observation:
        """Return customers, vehicle sales and service visits of a block."""
        plan = block.plan.accounts[self.name]
        accounts = register(block, plan, self.name)
        keys = [f"D{number:08d}" for number in range(plan.first, plan.first + plan.count)]
        sales = sell_vehicles(block, accounts)
        visits = bring_vehicles(block, accounts, sales)
        rng = block.stream("dealership accounts used")
        buying = accounts_used(accounts, sales.buyers, sales.instants, rng)
        visiting = accounts_used(accounts, visits.people, visits.instants, rng)
        seen = Differences(CUSTOMERS.name, keys)
        cells = describe(block, accounts, self.name, seen)
        dates = last_dates(block, accounts, (buying, sales), (visiting, visits))
        customers = {"customer_id": keys, **cells, **dates.columns}
        paid = ~visits.is_warranty
        return Observation(
            tables=(
                Table(CUSTOMERS, customers, dates.updated),
                sale_table(block, sales, [keys[row] for row in buying.tolist()]),
                visit_table(block, visits, [keys[row] for row in visiting.tolist()]),
            ),
            people=accounts.people,
            findings=seen.findings,
            sales=Sales(
                np.concatenate([sales.buyers, visits.people[paid]]),
                np.concatenate([sales.instants, visits.instants[paid]]),
                np.concatenate([sales.cents, visits.cents[paid]]),
            ),
        )


def vin(maker: str, block: Block, number: int) -> str:
    """Return a vehicle identification number: 17 signs, without I, O and Q, never given twice."""
    return f"{maker}ZZZ{block.plan.index:05d}{number:06d}"


def sell_vehicles(block: Block, accounts: Registrations) -> VehicleSales:
    """Sell vehicles to some of those who registered; who spends more buys dearer ones."""
    rng = block.stream("dealership sales")
    first = np.flatnonzero(~accounts.is_second)
    wanted = rng.choice(len(VEHICLES_BOUGHT), size=len(first), p=VEHICLES_BOUGHT)
    instants = accounts.instants[first] + wait(0, MOST_DAYS_TO_FIRST_VEHICLE, len(first), rng)
    rounds = []
    for sequence in range(len(VEHICLES_BOUGHT) - 1):
        buys = (wanted > sequence) & (instants < block.window.end)
        rounds.append((accounts.people[first[buys]], instants[buys], sequence))
        instants = instants + wait(
            LEAST_DAYS_TO_NEXT_VEHICLE, MOST_DAYS_TO_NEXT_VEHICLE, len(first), rng
        )
    buyers = np.concatenate([who for who, _, _ in rounds])
    when = np.concatenate([then for _, then, _ in rounds])
    sequences = np.concatenate([np.full(len(who), nth) for who, _, nth in rounds])
    order = np.lexsort((buyers, when))
    return describe_sales(block, (buyers[order], when[order], sequences[order]), rng)


def wait(least_days: int, most_days: int, count: int, rng: Generator) -> Integers:
    """Draw waiting times in seconds."""
    return (rng.uniform(least_days, most_days, count) * SECONDS_PER_DAY).astype(np.int64)


def describe_sales(
    block: Block, sold: tuple[Integers, Integers, Integers], rng: Generator
) -> VehicleSales:
    """Say which vehicle each sale is of, what was given in for it, and what was paid."""
    buyers, instants, sequences = sold
    count = len(buyers)
    vins = [vin("WCX", block, number) for number in range(1, count + 1)]
    row_of = {
        key: row for row, key in enumerate(zip(buyers.tolist(), sequences.tolist(), strict=True))
    }
    gives_last, gives_foreign = rng.random(count), rng.random(count)
    given_in_at = np.full(count, NEVER, dtype=np.int64)
    trade_ins = [""] * count
    for row, (buyer, nth) in enumerate(zip(buyers.tolist(), sequences.tolist(), strict=True)):
        last = row_of.get((buyer, nth - 1))
        if last is not None and gives_last[row] < TRADE_IN_SHARE:
            trade_ins[row] = vins[last]
            given_in_at[last] = instants[row]
        elif last is None and gives_foreign[row] < FOREIGN_TRADE_IN_SHARE:
            trade_ins[row] = vin("TMB", block, row + 1)
    models = choose_models(block, buyers, rng)
    prices = np.array(list(MODELS.values()))[models]
    euros = prices * rng.uniform(LOWEST_PRICE_SHARE, HIGHEST_PRICE_SHARE, count)
    return VehicleSales(
        buyers,
        instants,
        sequences,
        vins,
        trade_ins,
        given_in_at,
        models,
        (np.round(euros / 10) * 1000).astype(np.int64),
    )


def choose_models(block: Block, buyers: Integers, rng: Generator) -> Integers:
    """Return the model for each buyer: the more they spend elsewhere, the dearer it mostly is."""
    frugality = np.argsort(np.argsort(block.buyers.spend_rates)) / max(block.plan.people, 1)
    wealth = (1 - frugality)[buyers] + rng.normal(0, 0.25, len(buyers))
    return np.clip((wealth * len(MODELS)).astype(np.int64), 0, len(MODELS) - 1)


def bring_vehicles(block: Block, accounts: Registrations, sales: VehicleSales) -> Visits:
    """Let people bring what they bought, until they give it in, or a vehicle from elsewhere."""
    rng = block.stream("dealership visits")
    first = np.flatnonzero(~accounts.is_second)
    has_none = ~np.isin(accounts.people[first], sales.buyers)
    brings_own = first[has_none & (rng.random(len(first)) < OWN_VEHICLE_SHARE)]
    owners = np.concatenate([sales.buyers, accounts.people[brings_own]])
    since = np.concatenate([sales.instants, accounts.instants[brings_own]])
    until = np.concatenate([sales.given_in_at, np.full(len(brings_own), NEVER)])
    vins = sales.vins + [vin("VF1", block, number) for number in range(1, len(brings_own) + 1)]
    span = np.maximum(np.minimum(until, block.window.end) - since, 0)
    years = span / SECONDS_PER_DAY / 365.25
    vehicles = np.repeat(np.arange(len(owners)), rng.poisson(VISITS_PER_YEAR * years))
    instants = since[vehicles] + (span[vehicles] * rng.random(len(vehicles))).astype(np.int64)
    order = np.lexsort((vehicles, instants))
    vehicles, count = vehicles[order], len(order)
    here = draw(SERVICE_TYPES, SERVICE_SHARES, count, rng)
    elsewhere = draw(SERVICE_TYPES, SERVICE_SHARES_ELSEWHERE, count, rng)
    types = np.where(vehicles < len(sales.vins), here, elsewhere)
    cents = np.round(rng.gamma(SERVICE_SHAPE, SERVICE_SCALE * 100, count)).astype(np.int64)
    return Visits(
        people=owners[vehicles],
        instants=instants[order],
        vins=[vins[vehicle] for vehicle in vehicles.tolist()],
        types=types.tolist(),
        is_warranty=np.isin(types, WARRANTY_TYPES),
        cents=np.maximum(cents, SMALLEST_SERVICE),
    )


@dataclass(frozen=True)
class CustomerDates:
    """What the customers' table says of sales and visits, and when it last changed."""

    columns: dict[str, list[str]]
    updated: Integers


def last_dates(
    block: Block,
    accounts: Registrations,
    bought: tuple[Integers, VehicleSales],
    visited: tuple[Integers, Visits],
) -> CustomerDates:
    """Return first purchase, last visit and status of each account; rows come with each event."""
    count = len(accounts.people)
    purchase = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(purchase, bought[0], bought[1].instants)
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, bought[0], bought[1].instants)
    service = np.zeros(count, dtype=np.int64)
    np.maximum.at(service, visited[0], visited[1].instants)
    last = np.maximum(last, service)
    is_recent = last >= block.window.end - ACTIVE_DAYS * SECONDS_PER_DAY
    status = np.select([last == 0, is_recent], ["prospect", "active"], "lapsed")
    bought_on, serviced_on = days(np.where(purchase == NEVER, 0, purchase)), days(service)
    columns = {
        "purchase_date": np.where(purchase == NEVER, "", bought_on).tolist(),
        "last_service_date": np.where(service == 0, "", serviced_on).tolist(),
        "customer_status": status.tolist(),
        "created_at": times(accounts.instants),
    }
    return CustomerDates(columns, np.maximum(accounts.instants, last))


def sale_table(block: Block, sales: VehicleSales, customer_ids: list[str]) -> Table:
    """Write vehicle sales as rows."""
    rng = block.stream("dealership sale details")
    count = len(sales.vins)
    models = list(MODELS)
    columns = {
        "sale_id": [f"VS{block.plan.index:05d}{n:06d}" for n in range(1, count + 1)],
        "vin": sales.vins,
        "customer_id": customer_ids,
        "dealer_id": dealers_of(block, sales.buyers),
        "model": [models[model] for model in sales.models.tolist()],
        "sale_price": money(sales.cents),
        "financing_type": draw(FINANCING, FINANCING_SHARES, count, rng),
        "trade_in_vin": sales.trade_in_vins,
    }
    return Table(VEHICLE_SALES, columns, sales.instants)


def visit_table(block: Block, visits: Visits, customer_ids: list[str]) -> Table:
    """Write service visits as rows."""
    count = len(visits.vins)
    columns = {
        "service_id": [f"SV{block.plan.index:05d}{n:06d}" for n in range(1, count + 1)],
        "vin": visits.vins,
        "customer_id": customer_ids,
        "dealer_id": dealers_of(block, visits.people),
        "service_type": visits.types,
        "service_amount": money(visits.cents),
        "is_warranty": np.where(visits.is_warranty, "true", "false").tolist(),
    }
    return Table(SERVICE_RECORDS, columns, visits.instants)


def dealers_of(block: Block, people: Integers) -> list[str]:
    """Return the dealer whom each of the people goes to: always the same."""
    return [DEALERS[number % len(DEALERS)] for number in block.people.numbers[people].tolist()]
