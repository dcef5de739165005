"""The loyalty programme: cards opened at the till, points for purchases, and points spent."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from data_generators.catalogue import Catalogue
from data_generators.defects import CUSTOMER_DEFECTS, future_date, orphan_key
from data_generators.deliveries import day_number
from data_generators.pools import Strings
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.records import (
    Differences,
    Registrations,
    accounts_used,
    countries,
    given_emails,
    given_phones,
    last_names,
    note_second_accounts,
    register,
)
from data_generators.tables import Feed, Finding, Table

# The systems whose purchases earn points: one for each whole euro.
EARNING_SOURCES = ("shop", "stores")
CENTS_PER_POINT = 100
WELCOME_POINTS = 100
# Members who do not show their card, and those who do not say that they have a shop account.
FORGETS_CARD, HIDES_SHOP_ACCOUNT = 0.1, 0.15
# After a purchase members may spend part of what they earned since they last did, in steps.
REDEMPTION_SHARE, LEAST_SPENT, REDEMPTION_STEP, SECONDS_TO_REDEEM = 0.12, 0.3, 50, 60
TIERS = ("Bronze", "Silver", "Gold", "Platinum")
TIER_STARTS = (500, 1_500, 4_000)

ACCOUNTS = Feed(
    source="loyalty",
    table="loyalty_accounts",
    columns=(
        "loyalty_id",
        "customer_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "country",
        "points_earned",
        "tier_level",
        "joined_at",
    ),
    key="loyalty_id",
    dated_by="joined_at",
    defects=(orphan_key("customer_id", "C"), *CUSTOMER_DEFECTS),
)
TRANSACTIONS = Feed(
    source="loyalty",
    table="loyalty_transactions",
    columns=("loyalty_transaction_id", "loyalty_id", "occurred_at", "points_change", "reason"),
    key="loyalty_transaction_id",
    dated_by="occurred_at",
    defects=(orphan_key("loyalty_id", "L"), future_date("occurred_at")),
    dates="timed",
)


@dataclass(frozen=True)
class Movements:
    """Points that came or went; accounts are positions among the members of the block."""

    accounts: Integers
    instants: Integers
    points: Integers
    reasons: Strings

    def __len__(self) -> int:
        return len(self.accounts)

    def at(self, rows: Integers) -> "Movements":
        """Return some of the rows, in that order."""
        return Movements(*(column[rows] for column in vars(self).values()))

    def joined_by(self, others: "Movements") -> "Movements":
        """Return these and others, by account and time."""
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        together = Movements(*(np.concatenate(pair) for pair in pairs))
        return together.at(np.lexsort((together.instants, together.accounts)))


class Loyalty:
    """The programme: some shoppers join it, most of them with their shop account."""

    name = "loyalty"
    record_share = 0.35
    purchase_share = 0.0
    feeds = (ACCOUNTS, TRANSACTIONS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002 - has none
        """Return no table: the programme has no reference data."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - points come from what others sold
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return members and their points."""
        members = join(block)
        sold = [seen.sales for name in EARNING_SOURCES if (seen := earlier.get(name))]
        movements = make_movements(block, members, [sales for sales in sold if sales])
        accounts, findings = account_table(block, members, movements, earlier["shop"])
        ids = accounts.columns["loyalty_id"]
        return Observation(
            (accounts, transaction_table(block, movements, ids)), members.people, findings
        )


def join(block: Block) -> Registrations:
    """Let people join, the first time some while after they first came to the company."""
    members = register(block, block.plan.accounts[Loyalty.name], Loyalty.name)
    left = block.window.end - members.instants
    waits = left * block.stream("loyalty waits").beta(1, 8, len(left))
    waits[members.is_second] = 0
    instants = members.instants + waits.astype(np.int64)
    # Nobody opens a second card before the first one.
    return dataclasses.replace(members, instants=np.maximum(instants, instants[members.first_of()]))


def make_movements(block: Block, members: Registrations, sold: Sequence[Sales]) -> Movements:
    """Return all points of the block's members, by account and time."""
    rng = block.stream("loyalty points")
    count = len(members.people)
    welcome = Movements(
        np.arange(count),
        members.instants,
        np.full(count, WELCOME_POINTS),
        np.full(count, "welcome", dtype=object),
    )
    earned = welcome.joined_by(purchase_points(members, sold, rng))
    return earned.joined_by(redemptions(earned, block.window.end, rng))


def purchase_points(members: Registrations, sold: Sequence[Sales], rng: Generator) -> Movements:
    """Return the points of purchases that members made after they had joined."""
    none = np.empty(0, dtype=np.int64)
    buyers = np.concatenate([none, *(sales.buyers for sales in sold)])
    instants = np.concatenate([none, *(sales.instants for sales in sold)])
    cents = np.concatenate([none, *(sales.cents for sales in sold)])
    shown = np.isin(buyers, members.people) & (rng.random(len(buyers)) >= FORGETS_CARD)
    buyers, instants, cents = buyers[shown], instants[shown], cents[shown]
    used = accounts_used(members, buyers, instants, rng)
    on_card = (instants > members.instants[used]) & (cents >= CENTS_PER_POINT)
    reasons = np.full(int(on_card.sum()), "purchase", dtype=object)
    return Movements(used[on_card], instants[on_card], cents[on_card] // CENTS_PER_POINT, reasons)


def redemptions(earned: Movements, end: int, rng: Generator) -> Movements:
    """Return points spent after purchases; never more than were earned since the last time.

    So no balance falls below zero. `earned` is by account and time.
    """
    spends = (earned.reasons == "purchase") & (rng.random(len(earned)) < REDEMPTION_SHARE)
    rows = np.flatnonzero(spends)
    totals = np.concatenate([[0], np.cumsum(earned.points)])
    accounts, instants = earned.accounts[rows], earned.instants[rows] + SECONDS_TO_REDEEM
    at_start = totals[np.searchsorted(earned.accounts, accounts)]
    since = totals[rows + 1] - np.maximum(at_start, np.concatenate([[0], totals[rows + 1]])[:-1])
    wanted = since * rng.uniform(LEAST_SPENT, 1, len(rows))
    points = wanted.astype(np.int64) // REDEMPTION_STEP * REDEMPTION_STEP
    reasons = np.full(len(rows), "redemption", dtype=object)
    happens = np.flatnonzero((points > 0) & (instants < end))
    return Movements(accounts, instants, -points, reasons).at(happens)


def account_table(
    block: Block, members: Registrations, movements: Movements, shop: Observation
) -> tuple[Table, list[Finding]]:
    """Return the members as the till wrote them down, and what is wrong with them by nature."""
    plan = block.plan.accounts[Loyalty.name]
    keys = [f"L{number:09d}" for number in range(plan.first, plan.first + plan.count)]
    seen = Differences(ACCOUNTS.name, keys)
    note_second_accounts(members, seen)
    rng = block.stream("loyalty contacts")
    earned = points_stated(block, members, movements)
    columns = {
        "loyalty_id": keys,
        "customer_id": shop_accounts(block, members, shop),
        "first_name": block.people.names.first[members.people].tolist(),
        "last_name": last_names(block, members, seen),
        "email": given_emails(block, members, seen, rng),
        "phone": given_phones(block, members, seen, rng),
        "country": countries(block, members, rng),
        "points_earned": [str(points) for points in earned.tolist()],
        "tier_level": np.array(TIERS, dtype=object)[np.digitize(earned, TIER_STARTS)].tolist(),
    }
    return Table(ACCOUNTS, columns, members.instants), seen.findings


def points_stated(block: Block, members: Registrations, movements: Movements) -> Integers:
    """Return the points that each member had earned on the day their row was delivered."""
    first_delivery = day_number(block.config.initial_delivery)
    delivered = np.maximum(members.instants // SECONDS_PER_DAY, first_delivery)
    is_known = movements.instants // SECONDS_PER_DAY <= delivered[movements.accounts]
    counted = is_known & (movements.points > 0)
    stated = np.zeros(len(members.people), dtype=np.int64)
    np.add.at(stated, movements.accounts[counted], movements.points[counted])
    return stated


def shop_accounts(block: Block, members: Registrations, shop: Observation) -> list[str]:
    """Return the shop account that each member gave; empty where they have or gave none."""
    rng = block.stream("loyalty shop accounts")
    table, people = shop.tables[0], shop.people
    if people is None:
        return [""] * len(members.people)
    says = np.isin(members.people, people) & (rng.random(len(members.people)) >= HIDES_SHOP_ACCOUNT)
    shoppers = Registrations(people, table.instants, np.zeros(len(people), dtype=np.bool_))
    used = accounts_used(shoppers, members.people[says], members.instants[says], rng)
    given = np.full(len(members.people), "", dtype=object)
    given[says] = np.array(table.columns["customer_id"], dtype=object)[used]
    accounts: list[str] = given.tolist()
    return accounts


def transaction_table(block: Block, movements: Movements, loyalty_ids: list[str]) -> Table:
    """Write points as rows in order of time."""
    movements = movements.at(np.lexsort((movements.accounts, movements.instants)))
    prefix = f"P{block.plan.index:05d}"
    columns = {
        "loyalty_transaction_id": [f"{prefix}{n:07d}" for n in range(1, len(movements) + 1)],
        "loyalty_id": [loyalty_ids[account] for account in movements.accounts.tolist()],
        "points_change": [str(points) for points in movements.points.tolist()],
        "reason": movements.reasons.tolist(),
    }
    return Table(TRANSACTIONS, columns, movements.instants)
