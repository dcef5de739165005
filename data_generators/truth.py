"""What is true: who is who, where they lived, what they really bought. Never loaded."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

import numpy as np

from data_generators.contacts import OWN_PHONE, e164, phone
from data_generators.population.households import NEVER
from data_generators.population.people import Block, country_codes, person_ids
from data_generators.population.purchases import personas
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.tables import Finding

Row = Sequence[object]

# File name and header of every truth file that is written block by block.
HEADERS: dict[str, tuple[str, ...]] = {
    "people.csv": (
        "person_id",
        "household_id",
        "first_name",
        "last_name",
        "birth_last_name",
        "name_changed_at",
        "gender",
        "birth_date",
        "country",
        "email",
        "phone",
        "device_ids",
        "persona",
        "joined_at",
        "purchases_per_month",
        "dropout_probability",
        "mean_spend",
        "dropped_out_at",
    ),
    "addresses.csv": (
        "household_id",
        "valid_from",
        "address",
        "city",
        "postcode",
        "state",
        "country",
    ),
    "records.csv": ("source", "source_id", "person_id"),
    "purchases.csv": ("person_id", "source", "orders", "amount", "first_at", "last_at"),
    "defects.csv": Finding._fields,
}


def truth_rows(
    block: Block, observations: dict[str, Observation], findings: Sequence[Finding]
) -> dict[str, list[Row]]:
    """Return a block's lines of every truth file."""
    ids = person_ids(block.people.numbers)
    return {
        "people.csv": list(people_rows(block, ids)),
        "addresses.csv": list(address_rows(block)),
        "records.csv": [
            row for name, seen in observations.items() for row in record_rows(name, seen, ids)
        ],
        "purchases.csv": [
            row
            for name, seen in observations.items()
            if seen.sales is not None
            for row in sales_rows(name, seen.sales, ids)
        ],
        "defects.csv": list(findings),
    }


def instant_texts(instants: Integers) -> list[str]:
    """Return instants in ISO 8601, UTC; empty for NEVER."""
    known = np.where(instants == NEVER, 0, instants).astype("datetime64[s]").astype(str)
    return [
        "" if instant == NEVER else f"{text}Z"
        for instant, text in zip(instants.tolist(), known.tolist(), strict=True)
    ]


def household_ids(block: Block) -> list[str]:
    """Return the id of each household: its first person's number."""
    heads = block.people.head_numbers(np.arange(len(block.households.sizes)))
    return [f"HH{number:09d}" for number in heads.tolist()]


def people_rows(block: Block, ids: Sequence[str]) -> Iterator[Row]:
    """Return one line per person."""
    people, names, buyers = block.people, block.people.names, block.buyers
    households = household_ids(block)
    countries = country_codes(people.countries)
    numbers = people.numbers.tolist()
    mean_spend = block.config.purchases.spend_shape / buyers.spend_rates
    return zip(
        ids,
        [households[household] for household in people.households.tolist()],
        names.first.tolist(),
        names.last_after.tolist(),
        names.last_before.tolist(),
        instant_texts(names.changed_at),
        np.where(people.is_female, "female", "male").tolist(),
        people.birth_dates.astype(str).tolist(),
        countries,
        people.emails,
        [e164(code, phone(code, n, OWN_PHONE)) for code, n in zip(countries, numbers, strict=True)],
        device_ids(numbers, people.device_counts.tolist()),
        personas(buyers),
        instant_texts(people.joined_at),
        [f"{rate:.6f}" for rate in buyers.purchase_rates.tolist()],
        [f"{share:.6f}" for share in buyers.dropout_probabilities.tolist()],
        [f"{mean:.2f}" for mean in mean_spend.tolist()],
        instant_texts(block.dropped_out_at),
        strict=True,
    )


def device_ids(numbers: Sequence[int], counts: Sequence[int]) -> list[str]:
    """Return the ids of each person's devices, separated by spaces."""
    return [
        " ".join(f"D{number:09d}-{device}" for device in range(1, count + 1))
        for number, count in zip(numbers, counts, strict=True)
    ]


def address_rows(block: Block) -> Iterator[Row]:
    """Return one line per household and address; the first is valid from before the window."""
    homes = block.households
    countries = country_codes(homes.countries)
    moves = [instant_texts(homes.moved_at[:, period]) for period in range(homes.moved_at.shape[1])]
    for household, household_id in enumerate(household_ids(block)):
        starts = ["", *(period[household] for period in moves if period[household])]
        for period, start in enumerate(starts):
            yield (
                household_id,
                start,
                homes.streets[household, period],
                homes.cities[household, period],
                homes.postcodes[household, period],
                homes.states[household, period],
                countries[household],
            )


def record_rows(source: str, seen: Observation, ids: Sequence[str]) -> Iterator[Row]:
    """Return one line per customer record of a source; rows may name their system themselves."""
    if seen.people is None:
        return
    kept = [table for table in seen.tables if table.feed.name == seen.tables[0].feed.name]
    keys = chain.from_iterable(table.columns[table.feed.key] for table in kept)
    systems = chain.from_iterable(
        table.columns.get("source", repeat(source, len(table))) for table in kept
    )
    for system, key, person in zip(systems, keys, seen.people.tolist(), strict=True):
        yield system, key, ids[person]


def sales_rows(source: str, sales: Sales, ids: Sequence[str]) -> Iterator[Row]:
    """Return one line per person and source with what was really bought, in EUR."""
    order = np.lexsort((sales.instants, sales.buyers))
    buyers, starts, counts = np.unique(sales.buyers[order], return_index=True, return_counts=True)
    if not len(buyers):
        return
    totals = np.add.reduceat(sales.cents[order], starts)
    first_at = instant_texts(sales.instants[order][starts])
    last_at = instant_texts(sales.instants[order][starts + counts - 1])
    amounts = [f"{cents // 100}.{cents % 100:02d}" for cents in totals.tolist()]
    for row in zip(buyers.tolist(), counts.tolist(), amounts, first_at, last_at, strict=True):
        yield ids[row[0]], source, *row[1:]
