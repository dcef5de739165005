"""How fast the lifetime models are: `python -m benchmarks.lifetime`.

A million customers who buy and leave as MBG/NBD says; a process of its own counts their distinct
histories, fits both purchase models and Gamma-Gamma, and predicts purchases and value over 12 and
36 months. The limits are 60 s and 2 GB on two cores. The parameters must come out near the true.
"""

import multiprocessing
import resource
import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.console import Console
from rich.table import Table

from customer360.lifetime.fitting import (
    fit_purchase_models,
    fit_spend_model,
    likeliest,
    purchase_model,
)
from customer360.lifetime.histories import Floats, Integers, PurchaseHistories, SpendHistories
from customer360.lifetime.purchasing import MBG_NBD, PurchaseModel
from customer360.lifetime.spending import SpendModel
from customer360.lifetime.value import discounted_if_alive

CUSTOMERS = 1_000_000
OBSERVED_DAYS = 730
TRUTH = PurchaseModel(r=1.1, alpha=3.9, a=0.9, b=7.0, name=MBG_NBD)
SPEND_TRUTH = SpendModel(p=4.0, q=3.5, v=75.0)
YEARLY_DISCOUNT_RATE = 0.1
MOST_SECONDS = 60.0
MOST_BYTES = 2 * 10**9
MOST_DEVIATION = 0.1


@dataclass(frozen=True)
class Population:
    """What is observed: repeat purchases, days, and the mean amount of a repeat purchase."""

    repeats: Integers
    recency_days: Integers
    age_days: Integers
    mean_amount: Floats


@dataclass(frozen=True)
class Run:
    """What one run took, by step, and what it found."""

    seconds: dict[str, float]
    cpu_seconds: float
    peak_bytes: int
    histories: int
    model: PurchaseModel
    value_of_12_months: float


def simulate(customers: int, seed: int) -> Population:
    """Let customers buy and leave; days are whole, as in the marts, one purchase a day."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(TRUTH.r, 1 / TRUTH.alpha, customers) / 7
    dropout = rng.beta(TRUTH.a, TRUTH.b, customers)
    age = rng.integers(0, OBSERVED_DAYS, customers)
    clock = np.zeros(customers)
    repeats, last = np.zeros(customers, np.int64), np.zeros(customers, np.int64)
    active = np.flatnonzero(rng.random(customers) >= dropout)
    while len(active):
        clock[active] += rng.exponential(1, len(active)) / np.maximum(rates[active], 1e-12)
        active = active[clock[active] < age[active] + 1]
        days = clock[active].astype(np.int64)
        repeats[active] += days > last[active]
        last[active] = np.maximum(last[active], days)
        active = active[rng.random(len(active)) >= dropout[active]]
    nu = rng.gamma(SPEND_TRUTH.q, 1 / SPEND_TRUTH.v, customers)
    shape = SPEND_TRUTH.p * np.maximum(repeats, 1)
    spent = np.round(rng.gamma(shape, 1 / nu), 2)
    return Population(repeats, last, age, np.where(repeats > 0, spent / np.maximum(repeats, 1), 0))


def measure(population: Population) -> Run:
    """Fit and predict, with the time of each step."""
    marks, cpu_before = {"start": time.perf_counter()}, time.process_time()
    weeks = (population.recency_days / 7, population.age_days / 7)
    histories = PurchaseHistories.of_customers(population.repeats, *weeks)
    spend_histories = SpendHistories.of_customers(population.repeats, population.mean_amount)
    marks["count"] = time.perf_counter()
    model = purchase_model(likeliest(fit_purchase_models(histories)))
    marks["fit purchases"] = time.perf_counter()
    spend = SpendModel(**fit_spend_model(spend_histories).parameters)
    marks["fit spend"] = time.perf_counter()
    value = predict(model, spend, population)
    marks["predict"] = time.perf_counter()
    names = list(marks)
    seconds = {name: marks[name] - marks[before] for before, name in pairwise(names)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    cpu_seconds = time.process_time() - cpu_before
    return Run(seconds, cpu_seconds, peak, len(histories.repeats), model, value)


def predict(model: PurchaseModel, spend: SpendModel, population: Population) -> float:
    """Work out every customer's forecasts; return the mean value of 12 months.

    Purchases of those alive depend on x and T alone, so they are worked out once per pair.
    """
    pairs = population.repeats * OBSERVED_DAYS + population.age_days
    distinct, where = np.unique(pairs, return_inverse=True)
    x, age = distinct // OBSERVED_DAYS, distinct % OBSERVED_DAYS / 7
    alive = model.probability_alive(
        population.repeats, population.recency_days / 7, population.age_days / 7
    )
    amounts = spend.expected_amount(population.repeats, population.mean_amount)
    values = [
        alive * discounted_if_alive(model, x, age, months, YEARLY_DISCOUNT_RATE)[where] * amounts
        for months in (12, 36)
    ]
    return float(values[0].mean())


def main() -> None:
    """Run it in a process of its own, print the table, and fail where a limit is broken."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        population = pool.apply(simulate, [CUSTOMERS, 7])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        run = pool.apply(measure, [population])
    table = Table("step", "seconds")
    for name, seconds in run.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    console, total = Console(), sum(run.seconds.values())
    console.print(table)
    console.print(
        f"{CUSTOMERS:,} customers with {run.histories:,} distinct histories: {total:.1f} s, limit "
        f"{MOST_SECONDS:.0f} s ({run.cpu_seconds:.1f} CPU seconds); "
        f"peak {run.peak_bytes / 1e6:,.0f} MB, limit {MOST_BYTES / 1e6:,.0f} MB"
    )
    console.print(f"fitted {run.model}, true {TRUTH}")
    console.print(f"mean value of 12 months {run.value_of_12_months:.2f}")
    deviation = abs(run.model.r / run.model.alpha / (TRUTH.r / TRUTH.alpha) - 1)
    if total > MOST_SECONDS or run.peak_bytes > MOST_BYTES or deviation > MOST_DEVIATION:
        raise SystemExit("a limit is broken")


if __name__ == "__main__":
    main()
