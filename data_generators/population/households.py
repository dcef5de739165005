"""Households: people who live together, their address history, and what they share."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.config import DefectRates
from data_generators.pools import COUNTRIES, Pool, Strings

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Instants are seconds since 1970 in UTC; NEVER lies after all of them.
NEVER = 2**62
SECONDS_PER_DAY = 86_400
SECONDS_PER_MONTH = SECONDS_PER_DAY * 365.25 / 12
MOST_MOVES = 2
SIZE_SHARES = (0.44, 0.31, 0.14, 0.11)


@dataclass(frozen=True)
class Window:
    """The time that is generated: [start, end) in seconds since 1970."""

    start: int
    end: int

    @classmethod
    def of_days(cls, first: dt.date, last: dt.date) -> "Window":
        """Return the window from the first day to the last, both included."""
        epoch = dt.date(1970, 1, 1)
        return cls(
            (first - epoch).days * SECONDS_PER_DAY, ((last - epoch).days + 1) * SECONDS_PER_DAY
        )

    @property
    def years(self) -> float:
        """Length in years."""
        return (self.end - self.start) / SECONDS_PER_DAY / 365.25


@dataclass(frozen=True)
class Households:
    """Households of a block. Address arrays are [household, period]; moved_at[:, p] ends period p.

    `countries` holds indexes of COUNTRIES.
    """

    sizes: Integers
    countries: Integers
    last_names: Strings
    streets: Strings
    cities: Strings
    postcodes: Strings
    states: Strings
    moved_at: Integers
    shares_email: Booleans
    shares_phone: Booleans

    def period_at(self, households: Integers, instants: Integers) -> Integers:
        """Return the address period of each household at an instant."""
        return np.asarray((instants[:, None] >= self.moved_at[households]).sum(axis=1))

    def last_period(self, households: Integers) -> Integers:
        """Return the address period of each household at the end of the window."""
        return np.asarray((self.moved_at[households] < NEVER).sum(axis=1))


def draw_per_country(
    pools: Mapping[str, Pool], column: str, countries: Integers, rng: Generator
) -> Strings:
    """Draw one value of a pool per country index; early values are commoner, as names are."""
    drawn = np.empty(countries.shape, dtype=object)
    for index, country in enumerate(COUNTRIES):
        pool: Strings = getattr(pools[country.code], column)
        here = countries == index
        drawn[here] = pool[(len(pool) * rng.random(int(here.sum())) ** 1.5).astype(np.int64)]
    return drawn


def make_households(
    people: int, window: Window, pools: Mapping[str, Pool], rates: DefectRates, rng: Generator
) -> Households:
    """Make households that hold exactly `people` people."""
    sizes = household_sizes(people, rng)
    count = len(sizes)
    shares = [country.share for country in COUNTRIES]
    countries = rng.choice(len(COUNTRIES), size=count, p=shares)
    cities, postcodes, states = draw_places(pools, countries, rng)
    is_family = sizes > 1
    return Households(
        sizes=sizes,
        countries=countries,
        last_names=draw_per_country(pools, "last_names", countries, rng),
        streets=draw_streets(pools, countries, rng),
        cities=cities,
        postcodes=postcodes,
        states=states,
        moved_at=draw_moves(count, window, rates.moved_house, rng),
        shares_email=is_family & (rng.random(count) < rates.shared_email),
        shares_phone=is_family & (rng.random(count) < rates.shared_phone),
    )


def household_sizes(people: int, rng: Generator) -> Integers:
    """Draw sizes that add up to `people`."""
    sizes = rng.choice(len(SIZE_SHARES), size=people, p=SIZE_SHARES) + 1
    ends = np.cumsum(sizes)
    needed = int(np.searchsorted(ends, people)) + 1
    sizes = sizes[:needed]
    sizes[-1] -= ends[needed - 1] - people
    return sizes


def draw_moves(count: int, window: Window, per_year: float, rng: Generator) -> Integers:
    """Draw the instants of up to MOST_MOVES moves per household, in order, NEVER where none."""
    moves = np.minimum(rng.poisson(per_year * window.years, size=count), MOST_MOVES)
    instants = rng.integers(window.start, window.end, size=(count, MOST_MOVES))
    instants[np.arange(MOST_MOVES) >= moves[:, None]] = NEVER
    return np.sort(instants, axis=1)


def draw_streets(pools: Mapping[str, Pool], countries: Integers, rng: Generator) -> Strings:
    """Draw street and number for every address period, in the country's own order."""
    every_period = np.repeat(countries[:, None], MOST_MOVES + 1, axis=1)
    streets = draw_per_country(pools, "streets", every_period, rng)
    numbers = rng.integers(1, 180, size=streets.shape)
    number_first = np.array([country.number_before_street for country in COUNTRIES])[every_period]
    written = [
        f"{number} {street}" if before else f"{street} {number}"
        for street, number, before in zip(
            streets.flat, numbers.flat, number_first.flat, strict=True
        )
    ]
    return np.array(written, dtype=object).reshape(streets.shape)


def draw_places(
    pools: Mapping[str, Pool], countries: Integers, rng: Generator
) -> tuple[Strings, Strings, Strings]:
    """Draw city, postcode and state for every address period; they belong together."""
    shape = (len(countries), MOST_MOVES + 1)
    cities, postcodes, states = (np.empty(shape, dtype=object) for _ in range(3))
    for index, country in enumerate(COUNTRIES):
        pool, here = pools[country.code], countries == index
        chosen = rng.integers(0, len(pool.cities), size=(int(here.sum()), MOST_MOVES + 1))
        cities[here], postcodes[here] = pool.cities[chosen], pool.postcodes[chosen]
        states[here] = pool.states[chosen]
    return cities, postcodes, states
