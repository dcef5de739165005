"""The website, the app, newsletters and social networks: a line of JSON for all that people do.

A device is known for every event, the person only at times: by the shop's customer id when logged
in, by the address that a newsletter went to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.catalogue import RANGES, Catalogue
from data_generators.contacts import slug
from data_generators.defects import future_date, orphan_key
from data_generators.population.households import NEVER, SECONDS_PER_DAY
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation
from data_generators.sources.shop import CAMPAIGN_SHARES, CAMPAIGNS
from data_generators.sources.shop_customers import ShopAccounts, shop_accounts
from data_generators.tables import Defect, Feed, Record, Table

# Mails come first.
INTERACTION_TYPES = ("EMAIL_OPEN", "EMAIL_CLICK", "WEBSITE_VISIT", "APP_SESSION", "SOCIAL")
INTERACTION_SHARES = (0.22, 0.07, 0.46, 0.17, 0.08)
EMAIL_OPEN, EMAIL_CLICK, WEBSITE_VISIT, APP_SESSION, SOCIAL = range(len(INTERACTION_TYPES))
# How often somebody is logged in.
LOGGED_IN_SHARES = np.array([0.0, 0.0, 0.45, 0.95, 0.10])
# How often the link that led there names a campaign.
CAMPAIGN_LINK_SHARES = np.array([1.0, 1.0, 0.12, 0.0, 0.30])
NEWSLETTER = "Newsletter"

# Events per person: a Gamma multiple of a base and of so many per purchase.
BASE_EVENTS, EVENTS_PER_PURCHASE, ENGAGEMENT_SHAPE = 10.0, 2.55, 1.5
NEAR_A_PURCHASE_SHARE, DAYS_BEFORE_PURCHASE = 0.55, 5.0
# Who has stopped to buy looks in for some time yet.
DAYS_AFTER_DROPOUT = 90

PAGES = ("/", "/category", "/product", "/cart", "/account")
PAGE_SHARES = (0.20, 0.30, 0.34, 0.10, 0.06)
APP_SCREENS = ("app/home", "app/offers", "app/orders", "app/product", "app/profile")
NETWORKS = {"instagram": "Instagram-ads", "facebook": "Facebook-ads", "twitter": "Twitter-ads"}


def orphan_customer(record: Record, random: Random) -> dict[str, str]:
    """Name a customer that never existed, where one is named."""
    return orphan_key("customer_id", "C").corrupt(record, random) if record["customer_id"] else {}


EVENTS = Feed(
    source="digital",
    table="events",
    columns=(
        "event_id",
        "occurred_at",
        "device_id",
        "customer_id",
        "email",
        "interaction_type",
        "page",
        "campaign",
    ),
    key="event_id",
    dated_by="occurred_at",
    dates="iso",
    format="ndjson",
    defects=(Defect("orphan_key", orphan_customer), future_date("occurred_at")),
)


@dataclass(frozen=True)
class Events:
    """Events in order of time: who (position), when, and of what type (index)."""

    people: Integers
    instants: Integers
    types: Integers


class Digital:
    """What the tracker of the website and the app, the mailer and social networks record."""

    name = "digital"
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
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return the events of a block."""
        rng = block.stream("digital events")
        events = make_events(block, rng)
        count = len(events.people)
        looked_at = pages(block, events, catalogue, rng)
        columns = {
            "event_id": [f"E{block.plan.index:05d}{n:08d}" for n in range(1, count + 1)],
            "device_id": devices(block, events.people, rng),
            **identifiers(events, shop_accounts(earlier), block.plan.people, rng),
            "interaction_type": [INTERACTION_TYPES[kind] for kind in events.types.tolist()],
            "page": looked_at,
            "campaign": campaign_links(events, looked_at, rng),
        }
        return Observation(tables=(Table(EVENTS, columns, events.instants),))


def make_events(block: Block, rng: Generator) -> Events:
    """Let people come and go: more often who buys more, mostly shortly before they buy."""
    count, bought = block.plan.people, block.purchases
    purchases = np.bincount(bought.buyers, minlength=count)
    engagement = rng.gamma(ENGAGEMENT_SHAPE, 1 / ENGAGEMENT_SHAPE, count)
    numbers = rng.poisson(engagement * (BASE_EVENTS + EVENTS_PER_PURCHASE * purchases))
    people = np.repeat(np.arange(count), numbers)
    by_buyer = np.argsort(bought.buyers, kind="stable")
    starts = np.cumsum(purchases) - purchases
    which, near, when = rng.random((3, len(people)))
    joined, instants = block.people.joined_at[people], left_at(block)[people].copy()
    is_near = np.flatnonzero((purchases[people] > 0) & (near < NEAR_A_PURCHASE_SHARE))
    anchors = starts[people] + (which * purchases[people]).astype(np.int64)
    instants[is_near] = bought.instants[by_buyer[anchors[is_near]]]
    span = instants - joined
    # Shortly before the purchase, as far as there is time between joining and it.
    days = rng.exponential(DAYS_BEFORE_PURCHASE, len(is_near))
    span[is_near] = np.minimum(span[is_near], (days + 1) * SECONDS_PER_DAY)
    instants -= (when * span).astype(np.int64) + 1
    types = rng.choice(len(INTERACTION_TYPES), size=len(people), p=INTERACTION_SHARES)
    order = np.argsort(instants, kind="stable")
    return Events(people[order], instants[order], types[order])


def left_at(block: Block) -> Integers:
    """Return when people are seen no more: at the end of the window, or after their dropout."""
    dropped = block.dropped_out_at
    stays = np.where(dropped == NEVER, block.window.end, dropped)
    latest: Integers = np.minimum(stays + DAYS_AFTER_DROPOUT * SECONDS_PER_DAY, block.window.end)
    return latest


def devices(block: Block, people: Integers, rng: Generator) -> list[str]:
    """Return the device of each event, mostly the person's first one."""
    owned = block.people.device_counts[people]
    slots = 1 + (owned * rng.random(len(people)) ** 2).astype(np.int64)
    numbers = block.people.numbers[people].tolist()
    return [f"D{number:09d}-{slot}" for number, slot in zip(numbers, slots.tolist(), strict=True)]


def identifiers(
    events: Events, accounts: ShopAccounts, count: int, rng: Generator
) -> dict[str, list[str]]:
    """Return the customer id and the address that events carry, empty where they do not."""
    rows = accounts.first_of(count)[events.people]
    has_account = rows >= 0
    has_account[has_account] &= accounts.instants[rows[has_account]] <= events.instants[has_account]
    logged_in = has_account & (rng.random(len(rows)) < LOGGED_IN_SHARES[events.types])
    is_mail = has_account & (events.types <= EMAIL_CLICK)
    return {
        "customer_id": values_where(logged_in, accounts.ids, rows),
        "email": values_where(is_mail, accounts.emails, rows),
    }


def values_where(flags: NDArray[np.bool_], values: object, rows: Integers) -> list[str]:
    """Return the value of each row where the flag is set, else empty text."""
    known = np.append(np.array(values, dtype=object), "")
    chosen: list[str] = known[np.where(flags, rows, len(known) - 1)].tolist()
    return chosen


def pages(block: Block, events: Events, catalogue: Catalogue, rng: Generator) -> list[str]:
    """Return what was looked at: a page of the site, a screen, an issue, a network."""
    count = len(events.people)
    categories = [slug(name) for name in RANGES]
    kinds = rng.choice(len(PAGES), size=count, p=PAGE_SHARES).tolist()
    picks = rng.random(count).tolist()
    products = catalogue.product_ids.tolist()
    favourites = block.people.favourites[events.people].tolist()
    months = events.instants.astype("datetime64[s]").astype("datetime64[M]").astype(str).tolist()
    looked_at = []
    for kind, page, pick, favourite, month in zip(
        events.types.tolist(), kinds, picks, favourites, months, strict=True
    ):
        if kind <= EMAIL_CLICK:
            looked_at.append(f"newsletter/{month}")
        elif kind == WEBSITE_VISIT:
            looked_at.append(site_page(PAGES[page], categories[favourite], chosen(products, pick)))
        else:
            places = APP_SCREENS if kind == APP_SESSION else tuple(NETWORKS)
            looked_at.append(chosen(places, pick))
    return looked_at


def chosen(values: Sequence[str], pick: float) -> str:
    """Return one of several values; `pick` is in [0, 1)."""
    return values[int(pick * len(values))]


def site_page(page: str, category: str, product: str) -> str:
    """Return the whole path of a page of the site."""
    return {"/category": f"/category/{category}", "/product": f"/product/{product}"}.get(page, page)


def campaign_links(events: Events, looked_at: list[str], rng: Generator) -> list[str]:
    """Return the campaign that led to each event: the newsletter, the network's own, or any."""
    count = len(events.types)
    shares = np.array(CAMPAIGN_SHARES[1:]) / sum(CAMPAIGN_SHARES[1:])
    drawn = np.array(CAMPAIGNS[1:], dtype=object)[rng.choice(len(shares), size=count, p=shares)]
    drawn[events.types <= EMAIL_CLICK] = NEWSLETTER
    is_social = events.types == SOCIAL
    drawn[is_social] = [NETWORKS[looked_at[row]] for row in np.flatnonzero(is_social).tolist()]
    drawn[rng.random(count) >= CAMPAIGN_LINK_SHARES[events.types]] = ""
    links: list[str] = drawn.tolist()
    return links
