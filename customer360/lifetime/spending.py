"""Gamma-Gamma: what a customer spends on a purchase, apart from how often he buys.

Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary Value" (brucehardie.com/notes/025): the
amount of a purchase is Gamma(p, nu), nu is Gamma(q, v) over customers. Equation numbers are theirs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from customer360.lifetime.histories import Floats, SpendHistories
from customer360.lifetime.likelihood import (
    MANY_HISTORIES,
    Estimate,
    Part,
    Refusal,
    maximise,
    require_repeaters,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("p", "q", "v")
GAMMA_GAMMA = "gamma_gamma"
# A mean of the population that misses the customers' by more than this share, and by more standard
# errors of theirs than chance explains, is told.
_MOST_MISSED = 0.1
_MOST_ERRORS = 3.0


@dataclass(frozen=True)
class SpendModel:
    """Parameters of the population; v is an amount of money."""

    p: float
    q: float
    v: float

    @property
    def population_mean(self) -> float:
        """Mean amount of a purchase over all customers: p v / (q - 1)."""
        return self.p * self.v / (self.q - 1)

    def expected_amount(self, repeats: ArrayLike, mean_amount: ArrayLike) -> Floats:
        """Return E[M | x, mean]: equation (5), the population's mean and the customer's own.

        The customer's own weighs p x / (p x + q - 1); without a repeat purchase that is nothing.
        """
        x = np.asarray(repeats, dtype=np.float64)
        spent = np.where(x > 0, x * np.asarray(mean_amount, dtype=np.float64), 0)
        return np.asarray(self.p * (self.v + spent) / (self.p * x + self.q - 1))


def fit_spend(histories: SpendHistories) -> tuple[SpendModel, Estimate]:
    """Fit by maximum likelihood.

    Raises:
        Refusal: if the data do not support it, or the mean of the population would be infinite.
    """
    require_repeaters(histories.customer_count)
    typical = float(np.average(histories.mean_amount, weights=histories.customers))
    # The mean of the population is p v / (q - 1): each start has the data's.
    starts: Sequence[Sequence[float]] = [
        (p, q, typical * (q - 1) / p) for p, q in ((6.0, 4.0), (1.5, 3.0), (20.0, 2.0))
    ]
    part = None
    if len(histories.repeats) > MANY_HISTORIES:
        thinned = histories.thinned(MANY_HISTORIES)
        part = Part(SpendLikelihood(thinned), thinned.customer_count)
    likelihood = SpendLikelihood(histories)
    estimate = maximise(likelihood, NAMES, starts, histories.customer_count, part)
    model = SpendModel(*(float(value) for value in estimate.values))
    if model.q <= 1:
        raise Refusal(f"amounts vary so much that they have no mean: q = {model.q:.3g}")
    return model, estimate


def misfit(model: SpendModel, histories: SpendHistories) -> str | None:
    """Say by how much the population's mean misses the customers', or None where it does not.

    At the maximum of the likelihood of amounts that are distributed so, the two agree but for the
    chance of a sample. With a heavier tail between customers, as of a log-normal, the body of the
    distribution asks for a small q, and p v / (q - 1) comes out too large.
    """
    n, amounts = histories.customers, histories.mean_amount
    mean = float(np.average(amounts, weights=n))
    variance = float(np.average((amounts - mean) ** 2, weights=n))
    error = float(np.sqrt(variance / histories.customer_count))
    missed = model.population_mean - mean
    if abs(missed) <= max(_MOST_MISSED * mean, _MOST_ERRORS * error):
        return None
    return (
        f"it expects {model.population_mean:,.2f} of a customer of whom nothing is known, "
        f"{abs(missed) / mean:.0%} {'more' if missed > 0 else 'less'} than the {mean:,.2f} that "
        "customers spent on average: amounts are not distributed as the model says"
    )


class SpendLikelihood:
    """Log likelihood of p, q and v, and its gradient: equation (1a)."""

    def __init__(self, histories: SpendHistories) -> None:
        self._x, self._where = np.unique(histories.repeats, return_inverse=True)
        self._spent = histories.repeats * histories.mean_amount
        self._customers = histories.customers.astype(np.float64)
        self._per_x = np.bincount(self._where, weights=self._customers)
        self._log_mean = np.bincount(
            self._where, weights=self._customers * np.log(histories.mean_amount)
        )

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log likelihood and its gradient by p, q and v."""
        p, q, v = parameters
        x, n, per_x = self._x, self._customers, self._per_x
        shape = (p * x + q)[self._where]
        log_sum = np.log(v + self._spent)
        by_x = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) + p * x * np.log(x)
        value = float(per_x @ by_x + (p * x - 1) @ self._log_mean - (n * shape * log_sum).sum())
        gradient = np.array(
            [
                per_x @ (x * (digamma(p * x + q) - digamma(p * x) + np.log(x)))
                + x @ self._log_mean
                - (n * x[self._where] * log_sum).sum(),
                per_x @ (digamma(p * x + q) - digamma(q) + np.log(v)) - (n * log_sum).sum(),
                per_x.sum() * q / v - (n * shape / (v + self._spent)).sum(),
            ]
        )
        return value, gradient
