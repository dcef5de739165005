"""Marketing: visits that campaigns led to, what campaigns cost, and a survey of how people shop."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from data_generators.catalogue import RANGES, Catalogue
from data_generators.dates import EPOCH
from data_generators.defects import future_date, orphan_key
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.campaign_sessions import make_sessions, positions, session_cells
from data_generators.sources.profiles import ages_at, genders
from data_generators.sources.shop import CAMPAIGNS, draw, money
from data_generators.sources.shop_customers import ShopOrders, shop_accounts, shop_orders
from data_generators.tables import Feed, Table

SESSIONS = Feed(
    source="marketing",
    table="campaign_sessions",
    columns=(
        "session_id",
        "session_start",
        "session_end",
        "customer_id",
        "full_name",
        "gender",
        "age",
        "credit_score",
        "monthly_income",
        "country",
        "state",
        "city",
        "category",
        "product",
        "cost",
        "price",
        "quantity",
        "campaign",
        "cart_addition_time",
        "order_confirmation",
        "order_confirmation_time",
        "payment_method",
        "order_return",
        "return_reason",
    ),
    key="session_id",
    dated_by="session_start",
    dates="iso",
    defects=(orphan_key("customer_id", "C"), future_date("session_start")),
)
# A day and campaign are its key; truth knows the row by both together.
SPEND = Feed(
    source="marketing",
    table="campaign_spend",
    columns=("date", "campaign", "impressions", "clicks", "spend"),
    key="day_and_campaign",
    dated_by="date",
)
BEHAVIOUR = Feed(
    source="marketing",
    table="shopping_behaviour",
    columns=(
        "customer_id",
        "age",
        "age_group",
        "gender",
        "item_purchased",
        "category",
        "purchase_amount",
        "location",
        "review_rating",
        "subscription_status",
        "shipping_type",
        "discount_applied",
        "frequency_of_purchases_days",
    ),
    key="customer_id",
)

# EUR spent on all campaigns per customer record and day, and how it is divided.
DAILY_SPEND_PER_RECORD = 0.04
SPEND_SHARES = (0.28, 0.34, 0.20, 0.10, 0.08)
COSTS_PER_CLICK = (0.55, 0.90, 0.60, 0.70, 1.50)
CLICK_THROUGH_SHARES = (0.012, 0.035, 0.010, 0.008, 0.002)
DAY_TO_DAY_SPREAD = 0.25

ANSWERED_SHARE = 0.6
# A few cents below the list price are no discount that anybody remembers.
LEAST_DISCOUNT = 0.05
AGE_GROUP_STARTS = (25, 35, 45, 55, 65)
AGE_GROUPS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
SHIPPING_TYPES = ("standard", "express", "free_shipping", "store_pickup", "next_day")
SHIPPING_SHARES = (0.42, 0.20, 0.20, 0.12, 0.06)
LONGEST_RHYTHM = 365
SUBSCRIBES_WITHIN, SUBSCRIBED_SHARE = 60, 0.5


class Marketing:
    """The campaign tool and the panel that it surveys; both know people by the shop's id."""

    name = "marketing"
    record_share = 0.0
    purchase_share = 0.0
    feeds = (SESSIONS, SPEND, BEHAVIOUR)

    def reference_tables(self, _: Catalogue) -> list[Table]:
        """There is none: what campaigns cost hangs on how many people there are."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - what is bought here are orders of the shop
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return visits, answers and, with the first block, what campaigns cost."""
        sessions = make_sessions(block, catalogue, earlier)
        cells = session_cells(block, sessions, catalogue, earlier)
        return Observation(
            tables=(
                Table(SESSIONS, cells, sessions.starts),
                spend_table(block),
                behaviour_table(block, catalogue, earlier),
            )
        )


def spend_table(block: Block) -> Table:
    """Return what each campaign cost on each day; other blocks than the first add nothing."""
    rng = block.stream("marketing spend")
    days = (block.window.end - block.window.start) // SECONDS_PER_DAY if not block.plan.index else 0
    count, campaigns = days * len(SPEND_SHARES), len(SPEND_SHARES)
    which = np.tile(np.arange(campaigns), days)
    budget = 100 * DAILY_SPEND_PER_RECORD * block.config.customers
    noise = rng.lognormal(0, DAY_TO_DAY_SPREAD, count)
    cents = np.round(budget * np.array(SPEND_SHARES)[which] * noise).astype(np.int64)
    clicks = rng.poisson(cents / 100 / np.array(COSTS_PER_CLICK)[which])
    unclicked = rng.poisson(clicks * (1 / np.array(CLICK_THROUGH_SHARES)[which] - 1))
    instants = block.window.start + np.repeat(np.arange(days), campaigns) * SECONDS_PER_DAY
    names = [CAMPAIGNS[1:][campaign] for campaign in which.tolist()]
    dates = (instants // SECONDS_PER_DAY).astype("datetime64[D]").astype(str).tolist()
    columns = {
        "day_and_campaign": [f"{day} {name}" for day, name in zip(dates, names, strict=True)],
        "campaign": names,
        "impressions": [str(number) for number in (clicks + unclicked).tolist()],
        "clicks": [str(number) for number in clicks.tolist()],
        "spend": money(cents),
    }
    return Table(SPEND, columns, instants)


def behaviour_table(
    block: Block, catalogue: Catalogue, earlier: Mapping[str, Observation]
) -> Table:
    """Return the answers of accounts that had ordered by the day of the first delivery."""
    rng = block.stream("marketing survey")
    accounts, orders = shop_accounts(earlier), shop_orders(block, earlier)
    asked_at = ((block.config.initial_delivery - EPOCH).days + 1) * SECONDS_PER_DAY
    seen = np.flatnonzero(orders.instants < asked_at)
    last, rhythm = last_orders(orders, seen)
    answers = np.flatnonzero(rng.random(len(last)) < ANSWERED_SHARE)
    last, rhythm = last[answers], rhythm[answers]
    who = orders.accounts[last]
    people = accounts.people[who]
    return Table(
        BEHAVIOUR,
        {
            "customer_id": [accounts.ids[account] for account in who.tolist()],
            **person_cells(block, people, asked_at),
            **purchase_cells(orders, last, catalogue),
            "review_rating": ratings(len(last), rng),
            "subscription_status": yes_or_no(
                (rhythm < SUBSCRIBES_WITHIN) & (rng.random(len(last)) < SUBSCRIBED_SHARE)
            ),
            "shipping_type": draw(SHIPPING_TYPES, SHIPPING_SHARES, len(last), rng),
            "frequency_of_purchases_days": [str(days) for days in rhythm.tolist()],
        },
    )


def last_orders(orders: ShopOrders, seen: Integers) -> tuple[Integers, Integers]:
    """Return each account's last order (position) and its mean days between orders."""
    by_account = seen[np.lexsort((orders.instants[seen], orders.accounts[seen]))]
    _, starts, counts = np.unique(
        orders.accounts[by_account], return_index=True, return_counts=True
    )
    last = by_account[starts + counts - 1]
    span = (orders.instants[last] - orders.instants[by_account[starts]]) // SECONDS_PER_DAY
    rhythm = np.where(counts > 1, span // np.maximum(counts - 1, 1), LONGEST_RHYTHM)
    return last, np.clip(rhythm, 1, LONGEST_RHYTHM)


def person_cells(block: Block, people: Integers, asked_at: int) -> dict[str, list[str]]:
    """Write who answered."""
    when = np.full(len(people), asked_at)
    ages = ages_at(block, people, when)
    groups = np.searchsorted(AGE_GROUP_STARTS, ages, side="right")
    homes, households = block.households, block.people.households[people]
    periods = homes.period_at(households, when)
    return {
        "age": [str(age) for age in ages.tolist()],
        "age_group": [AGE_GROUPS[group] for group in groups.tolist()],
        "gender": genders(block, people),
        "location": homes.states[households, periods].tolist(),
    }


def purchase_cells(
    orders: ShopOrders, last: Integers, catalogue: Catalogue
) -> dict[str, list[str]]:
    """Write what was bought last, and whether for less than its list price."""
    rows = orders.rows[last].tolist()
    cells = orders.table.columns
    products = positions(catalogue, [cells["product_id"][row] for row in rows])
    amounts = [cells["amount"][row] for row in rows]
    paid = np.array([round(float(amount) * 100) for amount in amounts], dtype=np.int64)
    quantities = np.array([int(cells["quantity"][row]) for row in rows], dtype=np.int64)
    categories = np.array(list(RANGES), dtype=object)
    return {
        "item_purchased": catalogue.names[products].tolist(),
        "category": categories[catalogue.categories[products]].tolist(),
        "purchase_amount": amounts,
        "discount_applied": yes_or_no(
            paid < (1 - LEAST_DISCOUNT) * catalogue.prices[products] * quantities
        ),
    }


def ratings(count: int, rng: np.random.Generator) -> list[str]:
    """Return stars from 1.0 to 5.0, most of them good ones."""
    stars = 1 + 4 * rng.beta(5, 2, count)
    return [f"{value:.1f}" for value in stars.tolist()]


def yes_or_no(flags: NDArray[np.bool_]) -> list[str]:
    """Return flags as surveys write them."""
    return cast("list[str]", np.where(flags, "Yes", "No").tolist())
