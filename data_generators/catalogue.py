"""What the company sells: 200 mobility and lifestyle goods in ten categories."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_generators.pools import Strings
from data_generators.randomness import stream

# Category: cheapest and dearest list price in EUR, and what it holds.
RANGES: dict[str, tuple[float, float, tuple[str, ...]]] = {
    "E-Bikes": (1_199, 4_999, ("City E-Bike", "Trekking E-Bike", "E-Mountain Bike", "Cargo Bike")),
    "Bicycles": (249, 1_799, ("City Bike", "Gravel Bike", "Road Bike", "Kids' Bike")),
    "Scooters": (79, 899, ("E-Scooter", "Kick Scooter", "Commuter Scooter", "Folding Scooter")),
    "Helmets & Protection": (19, 229, ("Helmet", "Knee Pads", "Gloves", "Reflective Vest")),
    "Car Accessories": (9, 349, ("Roof Box", "Phone Mount", "Floor Mats", "Dash Cam")),
    "Parts & Tools": (4, 139, ("Multi Tool", "Floor Pump", 'Tyre 28"', "Brake Pads")),
    "Lights & Locks": (8, 149, ("Front Light", "Rear Light", "U-Lock", "Chain Lock, 90 cm")),
    "Bags & Backpacks": (24, 279, ("Backpack", "Pannier", "Messenger Bag", "Handlebar Bag")),
    "Apparel": (14, 259, ("Rain Jacket", "Jersey", "Merino Socks", "Softshell Trousers")),
    "Outdoor & Lifestyle": (6, 399, ("Thermos Flask", "Sunglasses", "Tent", "Camping Chair")),
}
LINES = ("Basic", "Urban", "Tour", "Pro", "Édition Été")


@dataclass(frozen=True)
class Catalogue:
    """Products in order of price. Money is in cents; `categories` holds indexes of RANGES' keys.

    `next_of_category[c, i]` is the first product of category c that is not cheaper than product i
    (the number of products where there is none).
    """

    product_ids: Strings
    names: Strings
    categories: NDArray[np.int64]
    costs: NDArray[np.int64]
    prices: NDArray[np.int64]
    next_of_category: NDArray[np.int64]


def build_catalogue(seed: int) -> Catalogue:
    """Make the catalogue of a generation."""
    rng = stream(seed, "catalogue")
    names, categories, prices = [], [], []
    for category, (lowest, highest, kinds) in enumerate(RANGES.values()):
        for line in LINES:
            for kind in kinds:
                names.append(f"{kind} {line}")
                categories.append(category)
                prices.append(np.exp(rng.uniform(np.log(lowest), np.log(highest))))
    cents = np.ceil(np.array(prices)).astype(np.int64) * 100 - 1
    order = np.argsort(cents, kind="stable")
    sorted_categories = np.array(categories, dtype=np.int64)[order]
    numbers = rng.permutation(len(names)) + 1
    return Catalogue(
        product_ids=np.array([f"P{number:04d}" for number in numbers], dtype=object),
        names=np.array(names, dtype=object)[order],
        categories=sorted_categories,
        costs=np.round(cents[order] * rng.uniform(0.45, 0.7, len(names))).astype(np.int64),
        prices=cents[order],
        next_of_category=next_of_category(sorted_categories),
    )


def next_of_category(categories: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, per category and position, the next position that holds the category."""
    size = len(categories)
    table = np.full((len(RANGES), size + 1), size, dtype=np.int64)
    for position in range(size - 1, -1, -1):
        table[:, position] = table[:, position + 1]
        table[categories[position], position] = position
    return table


# A product is taken from the favourite category if it has one among this many next dearer ones.
CHOICE_WINDOW = 14
FAVOURITE_SHARE = 0.6
# Nobody buys several of the cheapest things just to reach a sum (cents).
SMALLEST_SEVERAL = 2_000


def choose_products(
    catalogue: Catalogue,
    spend: NDArray[np.int64],
    favourites: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find a product and quantity for each amount spent (cents), at or a little above it in price.

    The difference to price times quantity is the discount that the customer got.
    """
    wanted = rng.choice((1, 2, 3, 4), size=len(spend), p=(0.78, 0.15, 0.05, 0.02))
    dearest = catalogue.prices[-1]
    quantities = np.maximum(np.where(spend < SMALLEST_SEVERAL, 1, wanted), -(-spend // dearest))
    cheapest = np.searchsorted(catalogue.prices, spend / quantities)
    last = len(catalogue.prices) - 1
    any_product = np.minimum(cheapest + rng.integers(0, 6, len(spend)), last)
    favourite = catalogue.next_of_category[favourites, cheapest]
    is_near = favourite <= np.minimum(cheapest + CHOICE_WINDOW, last)
    return np.where(
        is_near & (rng.random(len(spend)) < FAVOURITE_SHARE), favourite, any_product
    ), quantities
