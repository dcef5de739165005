"""BG/NBD: how often customers buy while they are alive, and when they cease to be.

Fader, Hardie, Lee (2005), "'Counting Your Customers' the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24(2), 275-284: while alive, a customer buys at a rate that is
Gamma(r, alpha) over customers; after each repeat purchase he drops out with a probability that is
Beta(a, b). The equation numbers below are theirs.

The modified model (MBG/NBD: Batislam, Denizel, Filiztekin (2007), "Empirical validation and
comparison of models for customer base analysis", Int. J. of Research in Marketing 24) lets a
customer drop out after the first purchase too. Wherever the two differ, x counts the purchases
after which somebody could have left: k = x in BG/NBD, k = x + 1 in MBG/NBD.

Time is in weeks, from the first purchase on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln, hyp2f1

from customer360.lifetime.histories import Floats, PurchaseHistories
from customer360.lifetime.likelihood import (
    MANY_HISTORIES,
    Estimate,
    Part,
    maximise,
    require_repeaters,
)
from customer360.lifetime.quadrature import dropout_rule

NAMES = ("r", "alpha", "a", "b")
BG_NBD, MBG_NBD = "bg_nbd", "mbg_nbd"
STARTS = ((1.0, 10.0, 1.0, 2.0), (0.3, 5.0, 0.5, 5.0), (2.0, 20.0, 0.2, 1.0))
# So near to a = 1 the closed form subtracts equal numbers; the integral does not.
_NEAR_ONE = 1e-4


@dataclass(frozen=True)
class PurchaseModel:
    """Parameters of the population, of either model; rates per week."""

    r: float
    alpha: float
    a: float
    b: float
    name: str = BG_NBD

    @property
    def first_counts(self) -> int:
        """1 where the first purchase may be the last because the customer left, else 0."""
        return int(self.name == MBG_NBD)

    def probability_alive(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Return P(alive at T | x, t_x, T), in [0, 1].

        The inverse of the denominator of equation (10), worked out in logarithms, as the powers
        overflow for customers with many purchases (Fader, Hardie (2013), "Overcoming the BG/NBD
        Model's #NUM! Error Problem").
        """
        x, t_x, T = _floats(repeats, recency, age)  # noqa: N806 - as in the paper
        k = x + self.first_counts
        with np.errstate(divide="ignore"):
            odds_gone = np.where(
                k > 0,
                np.log(self.a)
                - np.log(np.maximum(self.b + k - 1, 1e-300))
                + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x)),
                -np.inf,
            )
        return np.asarray(expit(-odds_gone))

    def probability_of_none(
        self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
    ) -> Floats:
        """Return the probability of no purchase in the next `weeks`, in [0, 1].

        Gone, or alive and waiting: in this model nobody leaves between purchases, and the rate of
        one who is alive is Gamma(r + x, alpha + T).
        """
        x, T, t = _floats(repeats, age, weeks)  # noqa: N806
        alive = self.probability_alive(repeats, recency, age)
        waiting = np.exp(-(self.r + x) * np.log1p(t / (self.alpha + T)))
        return np.asarray(1 - alive + alive * waiting)

    def expected_purchases(
        self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
    ) -> Floats:
        """Return E[X(t) | x, t_x, T], the purchases expected in the next `weeks`: equation (10)."""
        return np.asarray(
            self.probability_alive(repeats, recency, age)
            * self.expected_if_alive(repeats, age, weeks)
        )

    def expected_if_alive(self, repeats: ArrayLike, age: ArrayLike, weeks: ArrayLike) -> Floats:
        """Return the purchases that one who is alive at T makes on average in the next `weeks`.

        Equation (10) over P(alive), with Euler's transformation of the hypergeometric function,
        2F1(A, B; C; z) = (1 - z)^(C - A - B) 2F1(C - A, C - B; C; z), so that no argument but the
        third grows with x, and neither an overflow nor a product of huge and tiny numbers occurs:

            (a + b + k - 1) / (a - 1) * [1 - (1 - z)^(a - 1) * 2F1(a + b + k - x - 1 - r, a - 1;
                                                                  a + b + k - 1; z)]

        with z = t / (alpha + T + t).
        """
        if abs(self.a - 1) < _NEAR_ONE or self.a + self.b + self.first_counts <= 1:
            return self.integrated_if_alive(repeats, age, weeks)
        x, T, t = np.broadcast_arrays(*_floats(repeats, age, weeks))  # noqa: N806
        z = t / (self.alpha + T + t)
        c = self.a + self.b + x + self.first_counts - 1
        series = hyp2f1(self.a + self.b + self.first_counts - 1 - self.r, self.a - 1, c, z)
        return np.asarray(c / (self.a - 1) * (1 - (1 - z) ** (self.a - 1) * series))

    def integrated_if_alive(self, repeats: ArrayLike, age: ArrayLike, weeks: ArrayLike) -> Floats:
        """Return the same as expected_if_alive, by quadrature over the dropout probability p.

        Given p, the mean of purchases until dropout or t is [1 - (1 + p t / (alpha + T))^-(r + x)]
        / p (equation (9) with the posterior rate); p of one alive is Beta(a, b + k). The integral
        needs no care at a = 1, and is what the marts work out in SQL.
        """
        x, T, t = np.broadcast_arrays(*_floats(repeats, age, weeks))  # noqa: N806
        result = np.zeros(x.shape)
        for repeat in np.unique(x):
            here = x == repeat
            rule = dropout_rule(self.a, self.b + repeat + self.first_counts)
            ratio = (t[here] / (self.alpha + T[here]))[:, None] * rule.probabilities
            each = -np.expm1(-(self.r + repeat) * np.log1p(ratio)) / rule.probabilities
            result[here] = each @ rule.weights
        return result

    def expected_of_newcomer(self, weeks: ArrayLike) -> Floats:
        """Return E[X(t)], the repeat purchases in the first `weeks` after a first: equation (9)."""
        return self.expected_purchases(0, 0, 0, weeks)


def fit_purchases(
    histories: PurchaseHistories, name: str = BG_NBD
) -> tuple[PurchaseModel, Estimate]:
    """Fit BG/NBD or MBG/NBD by maximum likelihood.

    Raises:
        Refusal: if the data do not support it.
    """
    require_repeaters(histories.repeater_count)
    first_counts = int(name == MBG_NBD)
    part = None
    if len(histories.repeats) > MANY_HISTORIES:
        thinned = histories.thinned(MANY_HISTORIES)
        part = Part(PurchaseLikelihood(thinned, first_counts=first_counts), thinned.customer_count)
    likelihood = PurchaseLikelihood(histories, first_counts=first_counts)
    estimate = maximise(likelihood, NAMES, STARTS, histories.customer_count, part)
    r, alpha, a, b = (float(value) for value in estimate.values)
    return PurchaseModel(r, alpha, a, b, name), estimate


class PurchaseLikelihood:
    """Log likelihood of the four parameters, and its gradient, over all customers.

    Equation (6) in the form A1 + A2 + ln(exp(A3) + exp(A4)) of Fader, Hardie (2013), where the last
    term is A3 + ln(1 + exp(A4 - A3)), and A4 - A3 the logarithm of the odds of having left. What
    depends on x, T or t_x alone is worked out once per distinct x, T or t_x, of which there are few
    as days are whole. Sums over histories are none of BLAS's: its threads wait by spinning.
    """

    def __init__(self, histories: PurchaseHistories, *, first_counts: int = 0) -> None:
        self.size = len(histories.repeats)
        n = histories.customers.astype(np.float64)
        self._x, at_x = np.unique(histories.repeats, return_inverse=True)
        self._ages, at_age = np.unique(histories.age, return_inverse=True)
        self._recencies, at_recency = np.unique(histories.recency, return_inverse=True)
        self._k = self._x + first_counts
        self._per_x = np.bincount(at_x, weights=n)
        self._per_age = np.bincount(at_age, weights=n)
        self._repeats_per_age = np.bincount(at_age, weights=n * histories.repeats)
        could_leave = np.flatnonzero(self._k[at_x] > 0)
        self._at_x, self._at_age = at_x[could_leave], at_age[could_leave]
        self._at_recency, self._customers = at_recency[could_leave], n[could_leave]

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log likelihood and its gradient by r, alpha, a and b."""
        r, alpha, a, b = parameters
        x, k, per_x = self._x, self._k, self._per_x
        ages, recencies = alpha + self._ages, alpha + self._recencies
        log_ages = np.log(ages)
        could_leave = k > 0
        tried = np.where(could_leave, b + k - 1, 1)
        log_odds = (np.log(a) - np.log(tried))[self._at_x]
        waited = log_ages[self._at_age] - np.log(recencies)[self._at_recency]
        shape = (r + x)[self._at_x]
        log_odds += shape * waited
        # ln(1 + exp(u)) and 1 / (1 + exp(-u)) of one exponential that cannot overflow.
        small = np.exp(-np.abs(log_odds))
        softplus = np.maximum(log_odds, 0) + np.log(1 + small)
        gone = self._customers * np.where(log_odds > 0, 1, small) / (1 + small)
        purchases_per_age = r * self._per_age + self._repeats_per_age
        by_x = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            + gammaln(b + k)
            - gammaln(b)
            - gammaln(a + b + k)
        )
        value = per_x @ by_x - purchases_per_age @ log_ages + (self._customers * softplus).sum()

        gone_per_x = np.bincount(self._at_x, weights=gone, minlength=len(x))
        faster = (1 / ages)[self._at_age] - (1 / recencies)[self._at_recency]
        gradient = np.array(
            [
                per_x @ (digamma(r + x) - digamma(r) + np.log(alpha))
                - self._per_age @ log_ages
                + (gone * waited).sum(),
                per_x.sum() * r / alpha
                - purchases_per_age @ (1 / ages)
                + (gone * shape * faster).sum(),
                per_x @ (digamma(a + b) - digamma(a + b + k)) + gone.sum() / a,
                per_x @ (digamma(a + b) + digamma(b + k) - digamma(b) - digamma(a + b + k))
                - gone_per_x @ np.where(could_leave, 1 / tried, 0),
            ]
        )
        return float(value), gradient


def _floats(*values: ArrayLike) -> list[Floats]:
    return [np.asarray(value, dtype=np.float64) for value in values]
