"""When and for how much people really buy: BG/NBD and Gamma-Gamma, simulated exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.config import PurchaseProcess
from data_generators.population.households import NEVER, SECONDS_PER_DAY, SECONDS_PER_MONTH

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# A new customer's first order follows this soon on average.
DAYS_TO_FIRST_PURCHASE = 3.0
SMALLEST_SPEND = 100

# Where personas begin: probability of dropout after a purchase, purchases per month.
ONE_OFF_DROPOUT = 0.3
ENTHUSIAST_RATE, REGULAR_RATE = 2.0, 0.6


@dataclass(frozen=True)
class Buyers:
    """What drives each person: purchases per month, dropout after each, Gamma rate of spend.

    A purchase rate of 0 means that the person never buys.
    """

    purchase_rates: Floats
    dropout_probabilities: Floats
    spend_rates: Floats


@dataclass(frozen=True)
class Purchases:
    """All purchases of a block in order of time: buyer (position in the block), instant, cents."""

    buyers: Integers
    instants: Integers
    spend: Integers


def draw_buyers(count: int, process: PurchaseProcess, rng: Generator) -> Buyers:
    """Draw each person's parameters; the three are independent, as the models assume."""
    rates = rng.gamma(process.rate_shape, 1 / process.rate_inverse_scale, count)
    rates[rng.random(count) < process.never_buys] = 0
    return Buyers(
        purchase_rates=rates,
        dropout_probabilities=rng.beta(process.dropout_a, process.dropout_b, count),
        spend_rates=rng.gamma(process.spend_heterogeneity, 1 / process.spend_scale, count),
    )


def simulate(
    buyers: Buyers, joined_at: Integers, end: int, process: PurchaseProcess, rng: Generator
) -> tuple[Purchases, Integers]:
    """Return the purchases before `end`, and each person's instant of dropout (NEVER: still alive).

    In BG/NBD a person drops out right after a purchase, so that instant is a purchase too.
    """
    dropped_out_at = np.full(len(joined_at), NEVER, dtype=np.int64)
    active = np.flatnonzero(buyers.purchase_rates > 0)
    waits = rng.exponential(DAYS_TO_FIRST_PURCHASE * SECONDS_PER_DAY, len(active))
    rounds: list[tuple[Integers, Integers]] = []
    instants = joined_at[active] + waits
    while len(active):
        in_time = instants < end
        active, instants = active[in_time], instants[in_time]
        rounds.append((active, instants.astype(np.int64)))
        drops = rng.random(len(active)) < buyers.dropout_probabilities[active]
        dropped_out_at[active[drops]] = instants[drops]
        active, instants = active[~drops], instants[~drops]
        months = rng.exponential(1, len(active)) / buyers.purchase_rates[active]
        instants = instants + months * SECONDS_PER_MONTH
    return in_order_of_time(rounds, buyers, process, rng), dropped_out_at


def in_order_of_time(
    rounds: list[tuple[Integers, Integers]],
    buyers: Buyers,
    process: PurchaseProcess,
    rng: Generator,
) -> Purchases:
    """Put the rounds of the simulation into one order and draw what was spent."""
    none = np.empty(0, dtype=np.int64)
    who = np.concatenate([none, *(active for active, _ in rounds)])
    when = np.concatenate([none, *(instants for _, instants in rounds)])
    order = np.lexsort((who, when))
    euros = rng.gamma(process.spend_shape, 1 / buyers.spend_rates[who[order]])
    cents = np.maximum(np.round(euros * 100), SMALLEST_SPEND).astype(np.int64)
    return Purchases(who[order], when[order], cents)


def personas(buyers: Buyers) -> list[str]:
    """Name each person after how they buy."""
    rates, dropout = buyers.purchase_rates, buyers.dropout_probabilities
    names = np.select(
        [rates == 0, dropout > ONE_OFF_DROPOUT, rates > ENTHUSIAST_RATE, rates > REGULAR_RATE],
        ["browser", "one-off", "enthusiast", "regular"],
        default="occasional",
    )
    return [str(name) for name in names]
