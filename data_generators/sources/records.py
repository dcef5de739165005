"""What any source sees when people register: their name, address and contacts at that time.

A source with customer records of its own draws accounts here and takes the columns that it keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators import contacts
from data_generators.plan import Accounts
from data_generators.pools import COUNTRIES
from data_generators.population.people import Block, country_codes
from data_generators.randomness import scalar_stream
from data_generators.tables import Finding

Integers = NDArray[np.int64]
Cells = dict[str, list[str]]

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


class Differences:
    """Collects where the records of a feed show something else than what is the person's own."""

    def __init__(self, feed: str, keys: Sequence[str]) -> None:
        self.feed = feed
        self.keys = keys
        self.findings: list[Finding] = []

    def note(self, defect: str, column: str, own: Sequence[str], given: Sequence[str]) -> None:
        """Note every row whose given value is not the person's own."""
        self.findings += [
            Finding(self.feed, key, defect, column, before, after)
            for key, before, after in zip(self.keys, own, given, strict=True)
            if before != after
        ]


def describe(block: Block, accounts: Registrations, source: str, seen: Differences) -> Cells:
    """Return what people gave when they registered, by column, and note what is not their own."""
    rng = block.stream(f"{source} contacts")
    note_second_accounts(accounts, seen)
    return {
        "first_name": block.people.names.first[accounts.people].tolist(),
        "last_name": last_names(block, accounts, seen),
        "email": given_emails(block, accounts, seen, rng),
        "phone": given_phones(block, accounts, seen, rng),
        **addresses(block, accounts, seen),
        "country": countries(block, accounts, rng),
    }


def note_second_accounts(accounts: Registrations, seen: Differences) -> None:
    """Note each account of somebody who has one already."""
    first = accounts.first_of().tolist()
    seen.findings += [
        Finding(
            seen.feed, seen.keys[row], "duplicate_record", "", seen.keys[first[row]], seen.keys[row]
        )
        for row in np.flatnonzero(accounts.is_second).tolist()
    ]


def last_names(block: Block, accounts: Registrations, seen: Differences) -> list[str]:
    """Return family names as they were at registration."""
    names = block.people.names
    then: list[str] = names.last_at(accounts.people, accounts.instants).tolist()
    seen.note("maiden_name", "last_name", names.last_after[accounts.people].tolist(), then)
    return then


def addresses(block: Block, accounts: Registrations, seen: Differences) -> Cells:
    """Return address and city as they were at registration."""
    homes = block.households
    households = block.people.households[accounts.people]
    then = homes.period_at(households, accounts.instants)
    now = homes.last_period(households)
    cells: Cells = {}
    for column, values in (("address", homes.streets), ("city", homes.cities)):
        cells[column] = values[households, then].tolist()
        seen.note("moved_house", column, values[households, now].tolist(), cells[column])
    return cells


def given_emails(
    block: Block, accounts: Registrations, seen: Differences, rng: Generator
) -> list[str]:
    """Return the address given with each account: own, second, or the household's."""
    people, homes = block.people, block.households
    uses_second = accounts.is_second & (rng.random(len(accounts.people)) < USES_SECOND_EMAIL)
    own = [
        people.second_email(person) if second else people.emails[person]
        for person, second in zip(accounts.people.tolist(), uses_second.tolist(), strict=True)
    ]
    households = people.households[accounts.people]
    heads = people.head_numbers(households)
    given = own.copy()
    for row in np.flatnonzero(homes.shares_email[households]).tolist():
        family = homes.last_names[households[row]]
        given[row] = contacts.family_email(family, int(heads[row]))
    seen.note("shared_email", "email", own, given)
    return given


def given_phones(
    block: Block, accounts: Registrations, seen: Differences, rng: Generator
) -> list[str]:
    """Return the number given with each account, as typed: own, second, or the household's."""
    people = block.people
    uses_second = accounts.is_second & (rng.random(len(accounts.people)) < USES_SECOND_PHONE)
    households = people.households[accounts.people]
    shares = block.households.shares_phone[households]
    slots = np.where(uses_second, contacts.SECOND_PHONE, contacts.OWN_PHONE)
    slots[shares] = contacts.HOUSEHOLD_PHONE
    own_numbers = people.numbers[accounts.people]
    owners = np.where(shares, people.head_numbers(households), own_numbers).tolist()
    codes = country_codes(people.countries[accounts.people])
    random = scalar_stream(rng)
    given = [
        contacts.written_phone(code, contacts.phone(code, owner, slot), random)
        for code, owner, slot in zip(codes, owners, slots.tolist(), strict=True)
    ]
    own = given.copy()
    for row in np.flatnonzero(shares).tolist():
        number = contacts.phone(codes[row], int(own_numbers[row]), contacts.OWN_PHONE)
        own[row] = contacts.e164(codes[row], number)
    seen.note("shared_phone", "phone", own, given)
    return given


def countries(block: Block, accounts: Registrations, rng: Generator) -> list[str]:
    """Return each holder's country, spelled in one of the ways that forms allow."""
    forms = rng.choice(len(COUNTRY_SPELLINGS), size=len(accounts.people), p=COUNTRY_SPELLINGS)
    indexes = block.people.countries[accounts.people]
    return [
        COUNTRIES[index].spellings[form]
        for index, form in zip(indexes.tolist(), forms.tolist(), strict=True)
    ]


def holders_only(accounts: Registrations, buyers: Integers, purchases: Integers) -> Integers:
    """Return the purchases (positions) whose buyer has an account; others leave no trace here."""
    return purchases[np.isin(buyers[purchases], accounts.people)]


def accounts_used(
    accounts: Registrations, buyers: Integers, instants: Integers, rng: Generator
) -> Integers:
    """Return the account row that each purchase was made with: one that its buyer had by then.

    Every buyer must hold an account; see `holders_only`.
    """
    by_person = np.lexsort((accounts.instants, accounts.people))
    start = np.searchsorted(accounts.people[by_person], buyers)
    held = np.searchsorted(accounts.people[by_person], buyers, side="right") - start
    chosen = by_person[start + (rng.random(len(buyers)) * held).astype(np.int64)]
    return np.where(accounts.instants[chosen] <= instants, chosen, by_person[start])
