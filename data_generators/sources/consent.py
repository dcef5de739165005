"""The consent register: what people allow and take back, per account and purpose, each with a date.

Who opens an account is mostly asked then. Each of a person's accounts is asked by itself, so those
of one person may disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import Catalogue
from data_generators.defects import future_date, orphan_key
from data_generators.pools import Strings
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.tables import Defect, Feed, Record, Table

# The systems that ask, and where their customers are when they are asked.
SYSTEMS = {"shop": "web_form", "loyalty": "till", "dealership": "showroom"}
ASKED_SHARE = 0.8
PURPOSES = ("email_marketing", "sms_marketing", "profiling", "processing")
PROCESSING = PURPOSES.index("processing")
# Of those asked; who does neither leaves the question open. Nobody is asked about processing.
GRANT_SHARES = np.array([0.72, 0.45, 0.60, 0.0])
REFUSAL_SHARES = np.array([0.10, 0.15, 0.12, 0.0])
# Who granted and takes it back later, who of them grants it once more, whose data rest altogether.
WITHDRAWAL_SHARE, RETURN_SHARE, RESTRICTION_SHARE = 0.18, 0.15, 0.004
LATER_CHANNELS = ("unsubscribe_link", "preference_centre", "service_desk")


def orphan_account(record: Record, random: Random) -> dict[str, str]:
    """Name an account that never existed, in the way of its system."""
    prefix = record["customer_id"].rstrip("0123456789")
    return orphan_key("customer_id", prefix).corrupt(record, random)


EVENTS = Feed(
    source="consent",
    table="consent_events",
    columns=(
        "consent_event_id",
        "source_system",
        "customer_id",
        "purpose",
        "decision",
        "occurred_at",
        "channel",
        "proof",
    ),
    key="consent_event_id",
    dated_by="occurred_at",
    dates="timed",
    defects=(Defect("orphan_key", orphan_account), future_date("occurred_at")),
)


@dataclass(frozen=True)
class Accounts:
    """Accounts that were asked: system and id there, and when they were opened."""

    systems: Strings
    ids: Strings
    instants: Integers


@dataclass(frozen=True)
class Decisions:
    """What was said: by which account (row), on which purpose (index), when, and whether yes."""

    accounts: Integers
    purposes: Integers
    instants: Integers
    grants: NDArray[np.bool_]
    is_first: NDArray[np.bool_]

    def at(self, rows: Integers) -> "Decisions":
        """Return some of the rows, in that order."""
        return Decisions(*(column[rows] for column in vars(self).values()))

    def joined_by(self, *others: "Decisions") -> "Decisions":
        """Return these and others in order of time."""
        columns = zip(*(vars(one).values() for one in (self, *others)), strict=True)
        together = Decisions(*(np.concatenate(column) for column in columns))
        order = np.lexsort((together.purposes, together.accounts, together.instants))
        return together.at(order)


class Consent:
    """The register of consents, which other systems write to."""

    name = "consent"
    record_share = 0.0
    purchase_share = 0.0
    feeds = (EVENTS,)

    def reference_tables(self, _: Catalogue) -> list[Table]:
        """There is none."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - nothing is sold here
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return what the holders of a block's accounts said."""
        rng = block.stream("consents")
        accounts = asked_accounts(earlier, rng)
        first = first_decisions(accounts, rng)
        withdrawn = changed_minds(first, WITHDRAWAL_SHARE, block.window.end, rng)
        again = changed_minds(withdrawn, RETURN_SHARE, block.window.end, rng, of_grants=False)
        resting = restrictions(accounts, block.window.end, rng)
        decisions = first.joined_by(withdrawn, again, resting)
        return Observation((event_table(block, accounts, decisions, rng),))


def asked_accounts(earlier: Mapping[str, Observation], rng: Generator) -> Accounts:
    """Return the accounts of the asking systems that were asked at all."""
    tables = {name: earlier[name].tables[0] for name in SYSTEMS if name in earlier}
    counts = [len(table) for table in tables.values()]
    systems = np.repeat(np.array(list(tables), dtype=object), counts)
    ids = [key for table in tables.values() for key in table.columns[table.feed.key]]
    instants = np.concatenate(
        [np.empty(0, dtype=np.int64), *(table.instants for table in tables.values())]
    )
    asked = rng.random(len(systems)) < ASKED_SHARE
    return Accounts(systems[asked], np.array(ids, dtype=object)[asked], instants[asked])


def first_decisions(accounts: Accounts, rng: Generator) -> Decisions:
    """Return what each account said on each purpose when it was opened, if it said anything."""
    rows = np.repeat(np.arange(len(accounts.ids)), len(PURPOSES))
    purposes = np.tile(np.arange(len(PURPOSES)), len(accounts.ids))
    drawn = rng.random(len(rows))
    grants = drawn < GRANT_SHARES[purposes]
    says = np.flatnonzero(drawn < (GRANT_SHARES + REFUSAL_SHARES)[purposes])
    is_first = np.ones(len(rows), dtype=np.bool_)
    return Decisions(rows, purposes, accounts.instants[rows], grants, is_first).at(says)


def changed_minds(
    decisions: Decisions, share: float, end: int, rng: Generator, *, of_grants: bool = True
) -> Decisions:
    """Return the opposite of some grants, or of some refusals, said at any time after them."""
    changes = rng.random(len(decisions.accounts)) < share
    before = decisions.at(np.flatnonzero(changes & (decisions.grants == of_grants)))
    left = end - before.instants - 1
    instants = before.instants + 1 + (left * rng.random(len(left))).astype(np.int64)
    later = np.minimum(instants, end - 1)
    is_first = np.zeros(len(later), dtype=np.bool_)
    return Decisions(before.accounts, before.purposes, later, ~before.grants, is_first)


def restrictions(accounts: Accounts, end: int, rng: Generator) -> Decisions:
    """Return those who want their data to rest: processing as a whole is withdrawn."""
    rows = np.flatnonzero(rng.random(len(accounts.ids)) < RESTRICTION_SHARE)
    opened = accounts.instants[rows]
    instants = opened + ((end - opened) * rng.random(len(rows))).astype(np.int64)
    no = np.zeros(len(rows), dtype=np.bool_)
    return Decisions(rows, np.full(len(rows), PROCESSING), instants, no, no)


def event_table(block: Block, accounts: Accounts, decisions: Decisions, rng: Generator) -> Table:
    """Write decisions as rows; the proof of a grant is the form that was signed."""
    count = len(decisions.accounts)
    systems = accounts.systems[decisions.accounts].tolist()
    years = decisions.instants.astype("datetime64[s]").astype("datetime64[Y]").astype(str).tolist()
    later = rng.integers(0, len(LATER_CHANNELS), count).tolist()
    grants = decisions.grants.tolist()
    prefix = f"K{block.plan.index:05d}"
    columns = {
        "consent_event_id": [f"{prefix}{n:07d}" for n in range(1, count + 1)],
        "source_system": systems,
        "customer_id": accounts.ids[decisions.accounts].tolist(),
        "purpose": [PURPOSES[index] for index in decisions.purposes.tolist()],
        "decision": ["granted" if grant else "withdrawn" for grant in grants],
        "channel": [
            SYSTEMS[system] if is_first else LATER_CHANNELS[pick]
            for system, is_first, pick in zip(
                systems, decisions.is_first.tolist(), later, strict=True
            )
        ],
        "proof": [
            f"form {year}" if grant else "" for grant, year in zip(grants, years, strict=True)
        ],
    }
    return Table(EVENTS, columns, decisions.instants)
