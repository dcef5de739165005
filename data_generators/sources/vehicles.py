"""Vehicles that dealers sell, take back and service, and who brings them when."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.population.households import NEVER, SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers
from data_generators.sources.records import Registrations
from data_generators.sources.shop import draw

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
