"""Worlds in which customers buy and leave exactly as a model says."""

from dataclasses import dataclass

import numpy as np

from customer360.lifetime.histories import Floats, Integers
from customer360.lifetime.purchasing import PurchaseModel

OBSERVED_WEEKS, LATER_WEEKS = 78.0, 39.0


@dataclass(frozen=True)
class World:
    """What was observed of each customer, and what only the simulation knows."""

    truth: PurchaseModel
    repeats: Integers
    recency: Floats
    age: Floats
    is_alive: np.ndarray
    later_purchases: Integers
    later_weeks: float = LATER_WEEKS


def simulate(truth: PurchaseModel, customers: int, seed: int) -> World:
    """Let everybody buy first at a moment of the observed time, and follow them to its end."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(truth.r, 1 / truth.alpha, customers)
    dropout = rng.beta(truth.a, truth.b, customers)
    age = rng.uniform(0, OBSERVED_WEEKS, customers)
    clock, recency = np.zeros(customers), np.zeros(customers)
    repeats = np.zeros(customers, dtype=np.int64)
    later = np.zeros(customers, dtype=np.int64)
    left = np.full(customers, np.inf)
    active = np.arange(customers)
    if truth.first_counts:
        gone = rng.random(customers) < dropout
        left[gone] = 0
        active = active[~gone]
    while len(active):
        clock[active] += rng.exponential(1, len(active)) / np.maximum(rates[active], 1e-300)
        active = active[clock[active] < age[active] + LATER_WEEKS]
        seen = clock[active] <= age[active]
        repeats[active[seen]] += 1
        recency[active[seen]] = clock[active[seen]]
        later[active[~seen]] += 1
        gone = rng.random(len(active)) < dropout[active]
        left[active[gone]] = clock[active[gone]]
        active = active[~gone]
    return World(truth, repeats, recency, age, left > age, later)
