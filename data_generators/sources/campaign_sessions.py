"""Visits that a campaign led to: those that ended in an order of the shop, and all the others."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import RANGES, Catalogue
from data_generators.pools import COUNTRIES
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.profiles import ages_at, genders, make_profiles
from data_generators.sources.shop import CAMPAIGN_SHARES, CAMPAIGNS, Shop, draw, money
from data_generators.sources.shop_customers import (
    ShopAccounts,
    ShopOrders,
    shop_accounts,
    shop_orders,
)

# Visits without an order: so many per order of a campaign, and so many per account beside them.
LOOKS_PER_ORDER, LOOKS_PER_ACCOUNT = 2.6, 1.0
# Many of them come some days before an order, whatever led to that in the end.
NEAR_AN_ORDER_SHARE, DAYS_BEFORE_ORDER = 0.6, 9.0
CART_SHARE = 0.45
LOOKS_AT_FAVOURITE_SHARE = 0.6
LONGEST_BEFORE_CART, LONGEST_IN_CART, LONGEST_AFTER = 1_500, 900, 600


@dataclass(frozen=True)
class Sessions:
    """Visits in order of start. Accounts and products are positions; `orders` are rows of the
    shop's order table, -1 where nothing was ordered."""

    accounts: Integers
    people: Integers
    starts: Integers
    carts: Integers
    confirmations: Integers
    ends: Integers
    products: Integers
    quantities: Integers
    campaigns: NDArray[np.object_]
    orders: Integers
    has_cart: NDArray[np.bool_]


def make_sessions(
    block: Block, catalogue: Catalogue, earlier: Mapping[str, Observation]
) -> Sessions:
    """Return the visits of a block."""
    rng = block.stream("marketing sessions")
    accounts, orders = shop_accounts(earlier), shop_orders(block, earlier)
    campaigns = np.array(orders.column("campaign"), dtype=object)
    led = np.flatnonzero(campaigns != "")
    lookers, looked_at = looks(block, accounts, orders, len(led), rng)
    count = len(led) + len(lookers)
    is_order = np.arange(count) < len(led)
    used = np.concatenate([orders.accounts[led], lookers])
    bought = positions(catalogue, orders.column("product_id"))[led]
    ordered = np.array(orders.column("quantity"), dtype=object).astype(np.int64)[led]
    viewed = viewed_products(block, accounts.people[lookers], catalogue, rng)
    shares = np.array(CAMPAIGN_SHARES[1:]) / sum(CAMPAIGN_SHARES[1:])
    others = draw(CAMPAIGNS[1:], tuple(shares.tolist()), len(lookers), rng)
    waits = rng.random((3, count))
    # The instant of the order is where the visit to an order hangs; others hang on their cart.
    confirmed = np.concatenate([orders.instants[led], looked_at])
    carts = confirmed - np.where(is_order, 10 + waits[0] * LONGEST_IN_CART, 0).astype(np.int64)
    starts = carts - (30 + waits[1] * LONGEST_BEFORE_CART).astype(np.int64)
    ends = confirmed + (5 + waits[2] * LONGEST_AFTER).astype(np.int64)
    order = np.argsort(starts, kind="stable")
    return Sessions(
        accounts=used[order],
        people=accounts.people[used][order],
        starts=starts[order],
        carts=carts[order],
        confirmations=confirmed[order],
        ends=ends[order],
        products=np.concatenate([bought, viewed])[order],
        quantities=np.concatenate([ordered, rng.integers(1, 3, len(lookers))])[order],
        campaigns=np.concatenate([campaigns[led], np.array(others, dtype=object)])[order],
        orders=np.concatenate([orders.rows[led], np.full(len(lookers), -1)])[order],
        has_cart=(is_order | (rng.random(count) < CART_SHARE))[order],
    )


def looks(
    block: Block, accounts: ShopAccounts, orders: ShopOrders, led: int, rng: Generator
) -> tuple[Integers, Integers]:
    """Return accounts and instants of the visits without an order."""
    count = round(LOOKS_PER_ORDER * led + LOOKS_PER_ACCOUNT * len(accounts.ids))
    near = round(NEAR_AN_ORDER_SHARE * count) if len(orders.rows) else 0
    anchors = rng.integers(0, len(orders.rows), near) if near else np.empty(0, dtype=np.int64)
    before = rng.exponential(DAYS_BEFORE_ORDER * SECONDS_PER_DAY, near).astype(np.int64)
    anybody = rng.integers(0, len(accounts.ids), count - near)
    since = accounts.instants[anybody]
    anywhen = since + (rng.random(count - near) * (block.window.end - since)).astype(np.int64)
    who = np.concatenate([orders.accounts[anchors], anybody])
    when = np.concatenate([orders.instants[anchors] - before, anywhen])
    # Nobody is known by a customer id before having one.
    margin = 30 + LONGEST_BEFORE_CART
    return who, np.maximum(when, accounts.instants[who] + margin)


def viewed_products(
    block: Block, people: Integers, catalogue: Catalogue, rng: Generator
) -> Integers:
    """Return what people looked at: often something of the category that they like best."""
    count, last = len(people), len(catalogue.prices)
    anything = rng.integers(0, last, count)
    favourite = catalogue.next_of_category[block.people.favourites[people], anything]
    likes = (rng.random(count) < LOOKS_AT_FAVOURITE_SHARE) & (favourite < last)
    return np.where(likes, favourite, anything)


def positions(catalogue: Catalogue, product_ids: list[str]) -> Integers:
    """Return the catalogue's positions of products."""
    by_id = {product: row for row, product in enumerate(catalogue.product_ids.tolist())}
    return np.array([by_id[product] for product in product_ids], dtype=np.int64)


def session_cells(
    block: Block, sessions: Sessions, catalogue: Catalogue, earlier: Mapping[str, Observation]
) -> dict[str, list[str]]:
    """Write visits as columns of text, all but their start."""
    count = len(sessions.starts)
    ids = shop_accounts(earlier).ids
    categories = np.array(list(RANGES), dtype=object)
    bought = sessions.orders >= 0
    return {
        "session_id": [f"S{block.plan.index:05d}{number:07d}" for number in range(1, count + 1)],
        "session_end": instant_texts(sessions.ends, sessions.ends > 0),
        "customer_id": [ids[account] for account in sessions.accounts.tolist()],
        **person_cells(block, sessions),
        "category": categories[catalogue.categories[sessions.products]].tolist(),
        "product": catalogue.names[sessions.products].tolist(),
        "cost": money(catalogue.costs[sessions.products]),
        "price": money(catalogue.prices[sessions.products]),
        "quantity": [str(quantity) for quantity in sessions.quantities.tolist()],
        "campaign": sessions.campaigns.tolist(),
        "cart_addition_time": instant_texts(sessions.carts, sessions.has_cart),
        "order_confirmation": np.where(bought, "True", "False").tolist(),
        "order_confirmation_time": instant_texts(sessions.confirmations, bought),
        **order_cells(sessions, earlier),
    }


def person_cells(block: Block, sessions: Sessions) -> dict[str, list[str]]:
    """Write who visited, as they were at that time."""
    people, homes = block.people, block.households
    who, households = sessions.people, block.people.households[sessions.people]
    profiles = make_profiles(block)
    last_names = people.names.last_at(who, sessions.starts)
    periods = homes.period_at(households, sessions.starts)
    return {
        "full_name": (people.names.first[who] + " " + last_names).tolist(),
        "gender": genders(block, who),
        "age": [str(age) for age in ages_at(block, who, sessions.starts).tolist()],
        "credit_score": [str(score) for score in profiles.credit_scores[who].tolist()],
        "monthly_income": [str(income) for income in profiles.incomes[who].tolist()],
        "country": [COUNTRIES[i].spellings[0] for i in people.countries[who].tolist()],
        "state": homes.states[households, periods].tolist(),
        "city": homes.cities[households, periods].tolist(),
    }


def order_cells(sessions: Sessions, earlier: Mapping[str, Observation]) -> dict[str, list[str]]:
    """Write how the order was paid, and whether and why it came back; empty without an order."""
    orders, returns = earlier[Shop.name].tables[1:3]
    reasons = dict(zip(returns.columns["order_id"], returns.columns["reason"], strict=True))
    rows = sessions.orders.tolist()
    ids = [orders.columns["order_id"][row] if row >= 0 else "" for row in rows]
    paid = orders.columns["payment_method"]
    return {
        "payment_method": [paid[row] if row >= 0 else "" for row in rows],
        "order_return": [str(order in reasons) if order else "" for order in ids],
        "return_reason": [reasons.get(order, "") for order in ids],
    }


def instant_texts(instants: Integers, is_known: NDArray[np.bool_]) -> list[str]:
    """Return instants as 2024-01-15T14:30:00Z, empty where there is none."""
    texts = instants.astype("datetime64[s]").astype(str).tolist()
    return [
        f"{text}Z" if known else "" for text, known in zip(texts, is_known.tolist(), strict=True)
    ]
