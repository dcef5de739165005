"""The support desk: agents, and what customers call, write or chat about."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import Catalogue
from data_generators.dates import written
from data_generators.defects import future_date, orphan_key
from data_generators.pools import Strings
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import DAYS_PER_YEAR, Block
from data_generators.sources.base import Integers, Observation
from data_generators.tables import Feed, Table

# Issue: who deals with it, its share among contacts about an order and among the others.
ISSUES = {
    "delivery": ("Orders", 0.42, 0.0),
    "return": ("Orders", 0.18, 0.0),
    "product": ("Products", 0.26, 0.25),
    "payment": ("Payments", 0.14, 0.05),
    "account": ("Accounts", 0.0, 0.30),
    "loyalty": ("Accounts", 0.0, 0.15),
    "information": ("Accounts", 0.0, 0.25),
}
CHANNELS, CHANNEL_SHARES = ("phone", "email", "chat", "social"), (0.36, 0.34, 0.22, 0.08)
DEPARTMENTS = ("Orders", "Products", "Payments", "Accounts")
SHIFTS = ("early", "late", "night")
AGENT_NAMES = (
    ("Amira", "Jonas", "Lucía", "Oliver", "Chiara", "Bram"),
    ("Bennett", "Castillo", "de Wit", "Fischer"),
)

# A contact follows one order in twenty, and one in five of the orders after which somebody leaves:
# they are unhappy, and it shows in what they answer when they are asked.
ORDER_CONTACT, LAST_ORDER_CONTACT, DAYS_AFTER_ORDER = 0.05, 0.2, 4.0
OTHER_CONTACTS_PER_YEAR = 0.2
ESCALATED, ESCALATED_IF_UNHAPPY = 0.08, 0.25
UNRESOLVED, UNRESOLVED_IF_UNHAPPY = 0.03, 0.12
MEDIAN_HOURS, HOURS_SPREAD, ESCALATION_FACTOR = 14.0, 1.1, 2.5
ANSWERS, HAPPY_MEAN, ANSWER_SPREAD = 0.55, 4.3, 0.8
UNHAPPY_LOSS, ESCALATED_LOSS, UNRESOLVED_LOSS = 1.4, 0.7, 1.2

AGENTS = Feed(
    source="support",
    table="agents",
    columns=("agent_id", "name", "department", "shift"),
    key="agent_id",
)
INTERACTIONS = Feed(
    source="support",
    table="service_interactions",
    columns=(
        "interaction_id",
        "customer_id",
        "agent_id",
        "opened_at",
        "channel",
        "issue_type",
        "resolution_status",
        "resolved_at",
        "escalated",
        "satisfaction",
    ),
    key="interaction_id",
    dated_by="opened_at",
    defects=(orphan_key("customer_id", "C"), future_date("opened_at")),
    dates="timed",
)


@dataclass(frozen=True)
class Contacts:
    """Contacts of a block in order of time; accounts are positions of the shop's customers."""

    accounts: Integers
    instants: Integers
    is_about_order: NDArray[np.bool_]
    is_unhappy: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.accounts)


class Support:
    """The desk knows customers by their shop account, whatever they come with."""

    name = "support"
    record_share = 0.0
    purchase_share = 0.0
    feeds = (AGENTS, INTERACTIONS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002
        """Return the agents, as many in each department."""
        first, last = AGENT_NAMES
        names = [f"{given} {family}" for family in last for given in first]
        count = len(names)
        columns = {
            "agent_id": [f"A{number:04d}" for number in range(1, count + 1)],
            "name": names,
            "department": [DEPARTMENTS[n % len(DEPARTMENTS)] for n in range(count)],
            "shift": [SHIFTS[n // len(DEPARTMENTS) % len(SHIFTS)] for n in range(count)],
        }
        return [Table(AGENTS, columns)]

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - nothing is sold here
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return what the shop's customers contacted the desk about."""
        shop = earlier["shop"]
        contacts = make_contacts(block, shop)
        return Observation((interaction_table(block, contacts, shop.tables[0]),))


def make_contacts(block: Block, shop: Observation) -> Contacts:
    """Return contacts that follow orders, and others that come at any time."""
    rng = block.stream("support contacts")
    customers, orders = shop.tables[0], shop.tables[1]
    people = np.zeros(0, dtype=np.int64) if shop.people is None else shop.people
    position = {key: row for row, key in enumerate(customers.columns["customer_id"])}
    buyers = np.array([position[key] for key in orders.columns["customer_id"]], dtype=np.int64)
    is_last = orders.instants == block.dropped_out_at[people[buyers]]
    chance = np.where(is_last, LAST_ORDER_CONTACT, ORDER_CONTACT)
    about = np.flatnonzero(rng.random(len(buyers)) < chance)
    delays = rng.exponential(DAYS_AFTER_ORDER * SECONDS_PER_DAY, len(about)).astype(np.int64)
    left = block.window.end - customers.instants
    per_second = OTHER_CONTACTS_PER_YEAR / (DAYS_PER_YEAR * SECONDS_PER_DAY)
    others = np.repeat(np.arange(len(people)), rng.poisson(left * per_second))
    waits = (left[others] * rng.random(len(others))).astype(np.int64)
    instants = np.concatenate([orders.instants[about] + delays, customers.instants[others] + waits])
    rows = np.argsort(instants, kind="stable")
    rows = rows[instants[rows] < block.window.end]
    return Contacts(
        accounts=np.concatenate([buyers[about], others])[rows],
        instants=instants[rows],
        is_about_order=rows < len(about),
        is_unhappy=np.concatenate([is_last[about], np.zeros(len(others), dtype=np.bool_)])[rows],
    )


def interaction_table(block: Block, contacts: Contacts, customers: Table) -> Table:
    """Write contacts as rows, with who dealt with them and how they went."""
    rng = block.stream("support work")
    count, prefix = len(contacts), f"T{block.plan.index:05d}"
    issues = draw_issues(contacts, rng)
    is_escalated = rng.random(count) < np.where(
        contacts.is_unhappy, ESCALATED_IF_UNHAPPY, ESCALATED
    )
    status, resolved_at = resolve(block, contacts, is_escalated, rng)
    keys = customers.columns["customer_id"]
    columns = {
        "interaction_id": [f"{prefix}{number:07d}" for number in range(1, count + 1)],
        "customer_id": [keys[account] for account in contacts.accounts.tolist()],
        "agent_id": draw_agents(issues, rng),
        "channel": np.array(CHANNELS)[rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES)].tolist(),
        "issue_type": np.array(list(ISSUES))[issues].tolist(),
        "resolution_status": status.tolist(),
        "resolved_at": resolved_at.tolist(),
        "escalated": np.where(is_escalated, "yes", "no").tolist(),
        "satisfaction": answers(contacts, is_escalated, status, rng).tolist(),
    }
    return Table(INTERACTIONS, columns, contacts.instants)


def draw_issues(contacts: Contacts, rng: Generator) -> Integers:
    """Draw what each contact is about, as positions of ISSUES."""
    _, order_shares, other_shares = zip(*ISSUES.values(), strict=True)
    count = len(contacts)
    return np.where(
        contacts.is_about_order,
        rng.choice(len(ISSUES), count, p=order_shares),
        rng.choice(len(ISSUES), count, p=other_shares),
    )


def draw_agents(issues: Integers, rng: Generator) -> list[str]:
    """Draw an agent of the department that deals with each issue."""
    departments = np.array([DEPARTMENTS.index(department) for department, _, _ in ISSUES.values()])
    first, last = AGENT_NAMES
    per_department = len(first) * len(last) // len(DEPARTMENTS)
    seats = rng.integers(0, per_department, len(issues))
    numbers = departments[issues] + len(DEPARTMENTS) * seats + 1
    return [f"A{number:04d}" for number in numbers.tolist()]


def resolve(
    block: Block, contacts: Contacts, is_escalated: NDArray[np.bool_], rng: Generator
) -> tuple[Strings, Strings]:
    """Return how each contact stands at the end of the window, and when it was resolved."""
    count = len(contacts)
    hours = MEDIAN_HOURS * np.exp(HOURS_SPREAD * rng.standard_normal(count))
    hours = np.where(is_escalated, ESCALATION_FACTOR * hours, hours)
    instants = contacts.instants + (hours * 3_600).astype(np.int64)
    fails = rng.random(count) < np.where(contacts.is_unhappy, UNRESOLVED_IF_UNHAPPY, UNRESOLVED)
    conditions = [instants >= block.window.end, fails]
    status = np.select(conditions, ["pending", "unresolved"], "resolved").astype(object)
    texts = written(instants, np.zeros(count, dtype=np.int64), keeps_time=True)
    return status, np.where(status == "resolved", texts, "")


def answers(
    contacts: Contacts, is_escalated: NDArray[np.bool_], status: Strings, rng: Generator
) -> Strings:
    """Return what customers answered when they were asked how satisfied they were, 1 to 5."""
    count = len(contacts)
    mean = (
        HAPPY_MEAN
        - UNHAPPY_LOSS * contacts.is_unhappy
        - ESCALATED_LOSS * is_escalated
        - UNRESOLVED_LOSS * (status == "unresolved")
    )
    given = np.clip(np.round(mean + ANSWER_SPREAD * rng.standard_normal(count)), 1, 5)
    does_answer = (rng.random(count) < ANSWERS) & (status != "pending")
    return np.where(does_answer, given.astype(np.int64).astype(str), "").astype(object)
