"""What the CRMs see: people as sales staff keep them, whose entries are renewed now and then."""

from dataclasses import dataclass, replace

import numpy as np

from data_generators.population.people import Block
from data_generators.sources.base import Integers
from data_generators.sources.records import Cells, Differences, Registrations, describe, register

# A contact is edited at least once with this probability, at any time after it was made.
EDITED_SHARE = 0.6


@dataclass(frozen=True)
class Contacts:
    """Contacts of one CRM: `accounts` as they were made, `modified` when they were last edited.

    `cells` is what they show since: name, address and contacts of that time.
    """

    keys: list[str]
    accounts: Registrations
    modified: Integers
    cells: Cells
    seen: Differences


def contacts_of(block: Block, source: str, feed: str, keys: list[str]) -> Contacts:
    """Let a CRM keep contacts of people; `keys` are theirs."""
    accounts = register(block, block.plan.accounts[source], source)
    rng = block.stream(f"{source} edits")
    left = block.window.end - accounts.instants
    edited = rng.random(len(keys)) < EDITED_SHARE
    later = (left * rng.random(len(keys))).astype(np.int64)
    modified = accounts.instants + np.where(edited, later, 0)
    seen = Differences(feed, keys)
    cells = describe(block, replace(accounts, instants=modified), source, seen)
    return Contacts(keys, accounts, modified, cells, seen)


def has_dropped_out(block: Block, people: Integers) -> list[bool]:
    """Return who will not buy again and so has gone quiet for those who sell."""
    gone: list[bool] = (block.dropped_out_at[people] < block.window.end).tolist()
    return gone


def days(instants: Integers) -> list[str]:
    """Return the days of instants as 2024-01-15."""
    texts: list[str] = instants.astype("datetime64[s]").astype("datetime64[D]").astype(str).tolist()
    return texts


def times(instants: Integers) -> list[str]:
    """Return instants as 2024-01-15T14:30:00Z."""
    texts: list[str] = instants.astype("datetime64[s]").astype(str).tolist()
    return [f"{text}Z" for text in texts]
