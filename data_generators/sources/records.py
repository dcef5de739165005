"""What any source sees when people register: their name, address and contacts at that time.

A source with customer records of its own draws accounts here and takes the columns that it keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from data_generators import contacts
from data_generators.plan import Accounts
from data_generators.pools import COUNTRIES, Strings
from data_generators.population.people import Block, country_codes
from data_generators.randomness import scalar_stream
from data_generators.tables import Finding

Integers = NDArray[np.int64]

# What people change when they open a second account.
USES_SECOND_EMAIL, USES_SECOND_PHONE = 0.35, 0.15
COUNTRY_SPELLINGS = (0.7, 0.2, 0.1)


@dataclass(frozen=True)
class Registrations:
    """Accounts of one source in one block: holder (position), instant, whether not the first."""

    people: Integers
    instants: Integers
    is_second: NDArray[np.bool_]

    def first_of(self) -> Integers:
        """Return the row of each account's holder's first account."""
        first = np.full(int(self.people.max(initial=-1)) + 1, -1, dtype=np.int64)
        rows = np.flatnonzero(~self.is_second)
        first[self.people[rows]] = rows
        return first[self.people]


def register(block: Block, accounts: Accounts, source: str) -> Registrations:
    """Let people register with a source, some of them more than once, in shuffled order."""
    rng = block.stream(f"{source} registrations")
    first = rng.permutation(block.plan.people)[: accounts.people]
    again = rng.choice(first, accounts.duplicates) if accounts.duplicates else first[:0]
    people = np.concatenate([first, again])
    is_second = np.arange(accounts.count) >= accounts.people
    joined = block.people.joined_at[people]
    later = joined + ((block.window.end - joined) * rng.random(accounts.count)).astype(np.int64)
    order = rng.permutation(accounts.count)
    instants = np.where(is_second, later, joined)
    return Registrations(people[order], instants[order], is_second[order])


@dataclass(frozen=True)
class CustomerCells:
    """The cells of customer records, by column, and where they differ from the person's own."""

    columns: dict[str, list[str]]
    findings: list[Finding]


def describe(
    block: Block, accounts: Registrations, keys: Sequence[str], feed: str, source: str
) -> CustomerCells:
    """Write down what people gave when they registered."""
    rng = block.stream(f"{source} contacts")
    columns, findings = names_and_places(block, accounts, keys, feed)
    emails, shared_emails = given_emails(block, accounts, rng)
    phones, shared_phones = given_phones(block, accounts, rng)
    own_emails = [block.people.emails[person] for person in accounts.people.tolist()]
    own_phones = phone_numbers(block, accounts.people, contacts.OWN_PHONE)
    findings += differing(feed, keys, "email", own_emails, emails, "shared_email", shared_emails)
    findings += differing(feed, keys, "phone", own_phones, phones, "shared_phone", shared_phones)
    findings += second_accounts(accounts, keys, feed)
    spelling = rng.choice(len(COUNTRY_SPELLINGS), size=len(keys), p=COUNTRY_SPELLINGS).tolist()
    countries = block.people.countries[accounts.people].tolist()
    columns |= {
        "email": emails,
        "phone": phones,
        "country": [
            COUNTRIES[index].spellings[form]
            for index, form in zip(countries, spelling, strict=True)
        ],
    }
    return CustomerCells(columns, findings)


def names_and_places(
    block: Block, accounts: Registrations, keys: Sequence[str], feed: str
) -> tuple[dict[str, list[str]], list[Finding]]:
    """Return name and address as they were at registration, and which have changed since."""
    names, homes = block.people.names, block.households
    households = block.people.households[accounts.people]
    then = homes.period_at(households, accounts.instants)
    now = homes.last_period(households)
    last_then = names.last_at(accounts.people, accounts.instants).tolist()
    last_now = names.last_now(accounts.people).tolist()
    moved = (then != now).tolist()
    findings = differing(
        feed, keys, "last_name", last_now, last_then, "maiden_name", [True] * len(keys)
    )
    columns = {"first_name": names.first[accounts.people].tolist(), "last_name": last_then}
    for column, values in (("address", homes.streets), ("city", homes.cities)):
        columns[column] = values[households, then].tolist()
        current = values[households, now].tolist()
        findings += differing(feed, keys, column, current, columns[column], "moved_house", moved)
    return columns, findings


def differing(  # noqa: PLR0913, PLR0917 - a finding has that many parts
    feed: str,
    keys: Sequence[str],
    column: str,
    own: Sequence[str],
    given: Sequence[str],
    defect: str,
    counts: Sequence[bool],
) -> list[Finding]:
    """Return a finding for each row that counts and whose given value is not the person's own."""
    return [
        Finding(feed, key, defect, column, before, after)
        for key, before, after, does_count in zip(keys, own, given, counts, strict=True)
        if does_count and before != after
    ]


def second_accounts(accounts: Registrations, keys: Sequence[str], feed: str) -> list[Finding]:
    """Return a finding for each account of somebody who has one already."""
    first = accounts.first_of().tolist()
    return [
        Finding(feed, keys[row], "duplicate_record", "", keys[first[row]], keys[row])
        for row in np.flatnonzero(accounts.is_second).tolist()
    ]


def given_emails(
    block: Block, accounts: Registrations, rng: np.random.Generator
) -> tuple[list[str], list[bool]]:
    """Return the address given with each account, and whether it is the household's."""
    people, homes = block.people, block.households
    uses_second = accounts.is_second & (rng.random(len(accounts.people)) < USES_SECOND_EMAIL)
    households = people.households[accounts.people]
    shared = homes.shares_email[households].tolist()
    heads = people.numbers[np.searchsorted(people.households, households)].tolist()
    families = homes.last_names[households].tolist()
    rows = zip(accounts.people.tolist(), uses_second.tolist(), shared, families, heads, strict=True)
    emails = [
        contacts.family_email(family, head)
        if is_shared
        else (people.second_emails if second else people.emails)[person]
        for person, second, is_shared, family, head in rows
    ]
    return emails, shared


def given_phones(
    block: Block, accounts: Registrations, rng: np.random.Generator
) -> tuple[list[str], list[bool]]:
    """Return the number given with each account as typed, and whether it is the household's."""
    people = block.people
    uses_second = accounts.is_second & (rng.random(len(accounts.people)) < USES_SECOND_PHONE)
    households = people.households[accounts.people]
    shared = block.households.shares_phone[households]
    slots = np.select(
        [shared, uses_second],
        [contacts.HOUSEHOLD_PHONE, contacts.SECOND_PHONE],
        default=contacts.OWN_PHONE,
    )
    heads = people.numbers[np.searchsorted(people.households, households)]
    owners = np.where(shared, heads, people.numbers[accounts.people])
    random: Random = scalar_stream(rng)
    codes = country_codes(people.countries[accounts.people])
    rows = zip(codes, owners.tolist(), slots.tolist(), strict=True)
    return [
        contacts.written_phone(code, contacts.phone(code, owner, slot), random)
        for code, owner, slot in rows
    ], shared.tolist()


def phone_numbers(block: Block, people: Integers, slot: int) -> list[str]:
    """Return people's own numbers in E.164."""
    codes = country_codes(block.people.countries[people])
    numbers = block.people.numbers[people].tolist()
    return [
        contacts.e164(code, contacts.phone(code, number, slot))
        for code, number in zip(codes, numbers, strict=True)
    ]


def accounts_used(
    accounts: Registrations, buyers: Integers, instants: Integers, rng: np.random.Generator
) -> Integers:
    """Return the account row that each purchase was made with: one that its buyer had by then."""
    by_person = np.lexsort((accounts.instants, accounts.people))
    start = np.searchsorted(accounts.people[by_person], buyers)
    held = np.searchsorted(accounts.people[by_person], buyers, side="right") - start
    chosen = by_person[start + (rng.random(len(buyers)) * held).astype(np.int64)]
    return np.where(accounts.instants[chosen] <= instants, chosen, by_person[start])


def texts(values: Strings) -> list[str]:
    """Return an array of strings as a list."""
    result: list[str] = values.tolist()
    return result
