"""The stores: their directory, and what their tills recorded of holders of the shop's card."""

from collections.abc import Mapping

import numpy as np

from data_generators.catalogue import Catalogue, choose_products
from data_generators.defects import NEGATIVE_AMOUNT, future_date, orphan_key
from data_generators.pools import COUNTRIES
from data_generators.population.people import Block
from data_generators.sources.base import Integers, Observation, Sales
from data_generators.sources.records import Registrations, accounts_used, holders_only
from data_generators.sources.shop import draw, money
from data_generators.tables import Feed, Table

PAYMENT_METHODS = ("debit_card", "credit_card", "cash", "apple_pay", "gift_card")
PAYMENT_SHARES = (0.40, 0.27, 0.18, 0.11, 0.04)
OPEN_HOURS = ("Mo-Sa 09:00-20:00", "Mo-Sa 10:00-19:00", "Mo-Su 10:00-21:00")

# Three stores in each country, in its order of COUNTRIES, so that everybody has some near.
STORES_PER_COUNTRY = 3
KINDS = ("City Store", "Station Store", "Outlet")
CITIES = ("Berlin", "Chicago", "Manchester", "Lyon", "Torino", "Valencia", "Utrecht")
MANAGERS = ("A. Novak", "B. Lindqvist", "C. Okafor", "D. Marchetti", "E. Janssen", "F. Haddad")
# People mostly go to the store that is nearest to them.
HOME_STORE_SHARE = 0.8

STORES = Feed(
    source="stores",
    table="stores",
    columns=("store_id", "store_name", "location", "manager", "open_hours"),
    key="store_id",
)
TRANSACTIONS = Feed(
    source="stores",
    table="instore_transactions",
    columns=(
        "transaction_id",
        "customer_id",
        "store_id",
        "product_id",
        "quantity",
        "transaction_at",
        "amount",
        "payment_method",
    ),
    key="transaction_id",
    dated_by="transaction_at",
    defects=(orphan_key("customer_id", "C"), NEGATIVE_AMOUNT, future_date("transaction_at")),
)


class Stores:
    """The stores know customers by the shop's card and sell the shop's goods."""

    name = "stores"
    record_share = 0.0
    purchase_share = 0.5
    feeds = (STORES, TRANSACTIONS)

    def reference_tables(self, catalogue: Catalogue) -> list[Table]:  # noqa: ARG002 - no goods here
        """Return the directory of stores."""
        numbers = range(len(COUNTRIES) * STORES_PER_COUNTRY)
        places = [divmod(number, STORES_PER_COUNTRY) for number in numbers]
        columns = {
            "store_id": store_ids(np.arange(len(numbers))),
            "store_name": [f"{CITIES[country]} {KINDS[kind]}" for country, kind in places],
            "location": [COUNTRIES[country].spellings[0] for country, _ in places],
            "manager": [MANAGERS[number % len(MANAGERS)] for number in numbers],
            "open_hours": [OPEN_HOURS[kind] for _, kind in places],
        }
        return [Table(STORES, columns)]

    def observe(
        self,
        block: Block,
        purchases: Integers,
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return the receipts of a block, each with the shop account of its card."""
        rng = block.stream("stores receipts")
        cards, customer_ids = shop_accounts(earlier["shop"])
        purchases = holders_only(cards, block.purchases.buyers, purchases)
        buyers, instants = block.purchases.buyers[purchases], block.purchases.instants[purchases]
        cents = block.purchases.spend[purchases]
        used = accounts_used(cards, buyers, instants, rng)
        # A card is there before it is shown.
        instants = np.maximum(instants, cards.instants[used])
        favourites = block.people.favourites[buyers]
        products, quantities = choose_products(catalogue, cents, favourites, rng)
        count = len(purchases)
        columns = {
            "transaction_id": [f"T{block.plan.index:05d}{n:07d}" for n in range(1, count + 1)],
            "customer_id": [customer_ids[account] for account in used.tolist()],
            "store_id": store_ids(stores_visited(block, buyers)),
            "product_id": catalogue.product_ids[products].tolist(),
            "quantity": [str(quantity) for quantity in quantities.tolist()],
            "amount": money(cents),
            "payment_method": draw(PAYMENT_METHODS, PAYMENT_SHARES, count, rng),
        }
        return Observation(
            tables=(Table(TRANSACTIONS, columns, instants),), sales=Sales(buyers, instants, cents)
        )


def shop_accounts(shop: Observation) -> tuple[Registrations, list[str]]:
    """Return the shop's accounts, any of which may be on a card, and their ids."""
    customers = shop.tables[0]
    if shop.people is None:
        raise ValueError("the shop keeps customer records")
    none = np.zeros(len(shop.people), dtype=np.bool_)
    accounts = Registrations(shop.people, customers.instants, none)
    return accounts, customers.columns["customer_id"]


def stores_visited(block: Block, buyers: Integers) -> Integers:
    """Return the store (position) of each purchase: mostly the one near the buyer's home."""
    rng = block.stream("stores visited")
    near = rng.integers(0, STORES_PER_COUNTRY, len(block.households.sizes))
    other = rng.integers(0, STORES_PER_COUNTRY, len(buyers))
    at_home = rng.random(len(buyers)) < HOME_STORE_SHARE
    kind = np.where(at_home, near[block.people.households[buyers]], other)
    return np.asarray(block.people.countries[buyers] * STORES_PER_COUNTRY + kind)


def store_ids(positions: Integers) -> list[str]:
    """Return the ids of stores by their positions in the directory."""
    return [f"S{position + 1:03d}" for position in positions.tolist()]
