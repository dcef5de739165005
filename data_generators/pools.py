"""Pools of names and places per country, taken from Faker once and drawn from with NumPy later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from faker import Faker

Strings = NDArray[np.object_]

# Pools are the same for every generation: the seed decides what is drawn from them.
POOL_SEED = 20240115


@dataclass(frozen=True)
class Country:
    """A country that customers come from, how they write it, and a few of its states or regions."""

    code: str
    locale: str
    share: float
    spellings: tuple[str, ...]
    states: tuple[str, ...]
    number_before_street: bool = False


COUNTRIES = (
    Country(
        "DE",
        "de_DE",
        0.25,
        ("Germany", "DE", "Deutschland"),
        ("Bayern", "Berlin", "Hessen", "Nordrhein-Westfalen", "Sachsen"),
    ),
    Country(
        "US",
        "en_US",
        0.20,
        ("United States", "US", "USA"),
        ("California", "Colorado", "New York", "Texas", "Washington"),
        number_before_street=True,
    ),
    Country(
        "GB",
        "en_GB",
        0.15,
        ("United Kingdom", "GB", "UK"),
        ("England", "Northern Ireland", "Scotland", "Wales"),
        number_before_street=True,
    ),
    Country(
        "FR",
        "fr_FR",
        0.14,
        ("France", "FR", "FRANCE"),
        ("Bretagne", "Île-de-France", "Occitanie", "Provence-Alpes-Côte d'Azur"),
        number_before_street=True,
    ),
    Country(
        "IT",
        "it_IT",
        0.10,
        ("Italy", "IT", "Italia"),
        ("Lazio", "Lombardia", "Piemonte", "Toscana"),
    ),
    Country(
        "ES",
        "es_ES",
        0.10,
        ("Spain", "ES", "España"),
        ("Andalucía", "Cataluña", "Galicia", "Madrid"),
    ),
    Country(
        "NL",
        "nl_NL",
        0.06,
        ("Netherlands", "NL", "Nederland"),
        ("Gelderland", "Noord-Holland", "Utrecht", "Zuid-Holland"),
    ),
)


@dataclass(frozen=True)
class Pool:
    """Values of one country. `cities`, `postcodes` and `states` belong together by position."""

    first_names_female: Strings
    first_names_male: Strings
    last_names: Strings
    streets: Strings
    cities: Strings
    postcodes: Strings
    states: Strings


def build_pools() -> dict[str, Pool]:
    """Return the pool of every country by code."""
    return {country.code: build_pool(country) for country in COUNTRIES}


def build_pool(country: Country) -> Pool:
    """Draw the distinct values of one country's Faker locale."""
    # Slow to import, and worker processes get finished pools.
    from faker import Faker  # noqa: PLC0415

    providers = ["faker.providers.person", "faker.providers.address"]
    locale = country.locale
    fake = Faker(locale, providers=providers, use_weighting=False)
    fake.seed_instance(POOL_SEED)
    places = [place(fake, locale) for _ in range(300)]
    postcode_of = {city: postcode for postcode, city in places}
    return Pool(
        first_names_female=distinct(fake.first_name_female, 400),
        first_names_male=distinct(fake.first_name_male, 400),
        last_names=distinct(fake.last_name, 1_200),
        streets=distinct(fake.street_name, 500),
        cities=np.array(list(postcode_of), dtype=object),
        postcodes=np.array(list(postcode_of.values()), dtype=object),
        # Faker knows the states of some countries only; every city lies in one of these.
        states=np.resize(np.array(country.states, dtype=object), len(postcode_of)),
    )


def place(fake: "Faker", locale: str) -> tuple[str, str]:
    """Draw a postcode and a city.

    Faker's Italian cities come out of a set, so their order differs from process to process; its
    Italian lines "67010, Barete (AQ)" do not, and the two parts even belong together.
    """
    if locale == "it_IT":
        postcode, city = fake.postcode_city_province().split(", ")
        return postcode, city.partition(" (")[0]
    return fake.postcode(), fake.city()


def distinct(draw: Callable[[], str], draws: int) -> Strings:
    """Return the distinct values among `draws` draws, in the order in which they came."""
    return np.array(list(dict.fromkeys(draw() for _ in range(draws))), dtype=object)
