"""People: names and their changes, birth dates, contacts, devices, and how they buy."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators import contacts
from data_generators.config import DefectRates, GeneratorConfig
from data_generators.plan import BlockPlan
from data_generators.pools import COUNTRIES, Pool, Strings
from data_generators.population.households import (
    NEVER,
    Booleans,
    Households,
    Integers,
    Window,
    draw_per_country,
    make_households,
)
from data_generators.population.purchases import Buyers, Purchases, draw_buyers, simulate
from data_generators.randomness import scalar_stream, stream

YOUNGEST, OLDEST = 18, 85
DAYS_PER_YEAR = 365.25
FEMALE_SHARE = 0.5
CARRIES_FAMILY_NAME = 0.75


@dataclass(frozen=True)
class Names:
    """Name history: the family name is `last_before` until `changed_at` (NEVER: always)."""

    first: Strings
    last_before: Strings
    last_after: Strings
    changed_at: Integers

    def last_at(self, people: Integers, instants: Integers) -> Strings:
        """Return the family name of people at instants."""
        return np.where(
            instants < self.changed_at[people], self.last_before[people], self.last_after[people]
        )

    def last_now(self, people: Integers) -> Strings:
        """Return the family name of people at the end of the window."""
        return self.last_at(people, np.full(len(people), NEVER - 1, dtype=np.int64))


@dataclass(frozen=True)
class People:
    """People of one block, by position; `households` are positions in the block's households."""

    numbers: Integers
    households: Integers
    countries: Integers
    is_female: Booleans
    names: Names
    birth_dates: NDArray[np.datetime64]
    joined_at: Integers
    device_counts: Integers
    favourites: Integers
    emails: list[str]

    def second_email(self, person: int) -> str:
        """Return the other address of the person at a position."""
        first, last = self.names.first[person], self.names.last_before[person]
        return contacts.second_email(first, last, int(self.numbers[person]))

    def head_numbers(self, households: Integers) -> Integers:
        """Return the number of the first person of each household."""
        return self.numbers[np.searchsorted(self.households, households)]


@dataclass(frozen=True)
class World:
    """What people are drawn from; `categories` is how many goods categories they may favour."""

    start: dt.date
    window: Window
    pools: Mapping[str, Pool]
    rates: DefectRates
    categories: int


@dataclass(frozen=True)
class Block:
    """The truth of one block: the people, where they live, and what they buy."""

    config: GeneratorConfig
    plan: BlockPlan
    window: Window
    households: Households
    people: People
    buyers: Buyers
    purchases: Purchases
    dropped_out_at: Integers

    def stream(self, purpose: str) -> Generator:
        """Return this block's random stream for a purpose."""
        return stream(self.config.seed, purpose, self.plan.index)


def make_block(
    config: GeneratorConfig, plan: BlockPlan, pools: Mapping[str, Pool], categories: int
) -> Block:
    """Make the true population of a block; `categories` is how many they may favour."""
    rng = stream(config.seed, "population", plan.index)
    window = Window.of_days(config.start, config.end)
    world = World(config.start, window, pools, config.defects, categories)
    households = make_households(plan.people, window, pools, config.defects, rng)
    people = make_people(plan, households, world, rng)
    behaviour = stream(config.seed, "purchases", plan.index)
    buyers = draw_buyers(plan.people, config.purchases, behaviour)
    purchases, dropped_out_at = simulate(
        buyers, people.joined_at, window.end, config.purchases, behaviour
    )
    return Block(config, plan, window, households, people, buyers, purchases, dropped_out_at)


def make_people(plan: BlockPlan, homes: Households, world: World, rng: Generator) -> People:
    """Make the people who live in the households."""
    count = plan.people
    households = np.repeat(np.arange(len(homes.sizes)), homes.sizes)
    countries = homes.countries[households]
    is_female = rng.random(count) < FEMALE_SHARE
    numbers = np.arange(plan.first_person, plan.first_person + count)
    names = make_names(homes, households, is_female, world, rng)
    # Earlier joiners are commoner, so that most cohorts can be watched for a while.
    joined = rng.beta(1.0, 1.5, count) * (world.window.end - world.window.start)
    return People(
        numbers=numbers,
        households=households,
        countries=countries,
        is_female=is_female,
        names=names,
        birth_dates=draw_birth_dates(world.start, count, rng),
        joined_at=world.window.start + joined.astype(np.int64),
        device_counts=np.minimum(rng.poisson(1.4, count) + 1, 5),
        favourites=rng.integers(0, world.categories, count),
        emails=make_emails(numbers, names, rng),
    )


def draw_birth_dates(start: dt.date, count: int, rng: Generator) -> NDArray[np.datetime64]:
    """Draw birth dates of adults, with a middle around forty."""
    ages = YOUNGEST + (OLDEST - YOUNGEST) * rng.beta(1.8, 3.2, count)
    days = np.round(ages * DAYS_PER_YEAR).astype(np.int64)
    return np.asarray(np.datetime64(start) - days.astype("timedelta64[D]"))


def make_names(
    homes: Households, households: Integers, is_female: Booleans, world: World, rng: Generator
) -> Names:
    """Name people: the first of a household carries its name, most others too, some change it."""
    count, countries = len(households), homes.countries[households]
    first = np.where(
        is_female,
        draw_per_country(world.pools, "first_names_female", countries, rng),
        draw_per_country(world.pools, "first_names_male", countries, rng),
    )
    is_head = np.diff(households, prepend=-1) != 0
    family = homes.last_names[households]
    other = draw_per_country(world.pools, "last_names", countries, rng)
    keeps_family = is_head | (rng.random(count) < CARRIES_FAMILY_NAME)
    before = np.where(keeps_family, family, other)
    married = np.where(keeps_family, other, family)
    changes = is_female & (rng.random(count) < world.rates.maiden_name) & (before != married)
    changed_at = np.where(changes, rng.integers(world.window.start, world.window.end, count), NEVER)
    return Names(first, before, np.where(changes, married, before), changed_at)


def make_emails(numbers: Integers, names: Names, rng: Generator) -> list[str]:
    """Give every person an address of their own."""
    random = scalar_stream(rng)
    return [
        contacts.own_email(first, last, number, random)
        for first, last, number in zip(
            names.first, names.last_before, numbers.tolist(), strict=True
        )
    ]


def person_ids(numbers: Integers) -> list[str]:
    """Return the ids by which the truth files know people."""
    return [f"H{number:09d}" for number in numbers.tolist()]


def country_codes(countries: Integers) -> list[str]:
    """Return the ISO code of each country index."""
    return [COUNTRIES[index].code for index in countries.tolist()]
