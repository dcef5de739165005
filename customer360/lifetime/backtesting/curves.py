"""Curves from one number to a probability or an amount, learnt where the outcome is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_expit

from customer360.lifetime.histories import Floats
from customer360.lifetime.likelihood import Refusal

_ROUNDS = 50
_CONVERGED = 1e-10
_HALVINGS = 50
_ROUNDING = 1e-12


@dataclass(frozen=True)
class LogisticCurve:
    """P(event | score) = 1 / (1 + exp(-(intercept + slope * score)))."""

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    log_likelihood: float

    def probability(self, scores: ArrayLike) -> Floats:
        """Return the probability at each score."""
        line = self.intercept + self.slope * np.asarray(scores, dtype=np.float64)
        return np.asarray(expit(line))


def fit_logistic(scores: ArrayLike, events: NDArray[np.bool_]) -> LogisticCurve:
    """Fit by maximum likelihood, with Newton's method.

    Platt (1999), "Probabilistic Outputs for Support Vector Machines", with his targets: (N+ + 1) /
    (N+ + 2) for an event and 1 / (N- + 2) for none, so that no slope becomes infinite where the
    scores part the events.

    Raises:
        Refusal: if all outcomes or all scores are the same, or no curve is found.
    """
    x = np.asarray(scores, dtype=np.float64)
    positives = int(events.sum())
    negatives = len(events) - positives
    if not positives or not negatives:
        raise Refusal("every customer had the same outcome")
    if x.max() == x.min():
        raise Refusal("every customer has the same score")
    with np.errstate(over="ignore", invalid="ignore"):
        scale = float(x.std())
    if not 0 < scale < np.inf:
        raise Refusal("the scores lie too far apart")
    design = np.column_stack([np.ones_like(x), (x - x.mean()) / scale])
    targets = np.where(events, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights, covariance = _newton(design, targets)
    line = design @ weights
    likelihood = float(np.where(events, log_expit(line), log_expit(-line)).sum())
    # Back from the standardised score to the score itself.
    back = np.array([[1, -x.mean() / scale], [0, 1 / scale]])
    intercept, slope = (float(value) for value in back @ weights)
    errors = np.sqrt(np.diag(back @ covariance @ back.T))
    return LogisticCurve(intercept, slope, float(errors[0]), float(errors[1]), likelihood)


def _newton(design: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Return the weights of the greatest likelihood and their covariance.

    A step that makes the likelihood less is halved: a full one may leap to where every chance is 0
    or 1, and there the information is nothing.
    """
    weights = np.zeros(design.shape[1])
    try:
        for _ in range(_ROUNDS):
            chances = expit(design @ weights)
            information = (design * (chances * (1 - chances))[:, None]).T @ design
            step = np.linalg.solve(information, design.T @ (targets - chances))
            if np.abs(step).max() < _CONVERGED:
                return weights, np.linalg.inv(information)
            weights = weights + _shortened(step, weights, design, targets)
    except np.linalg.LinAlgError:
        raise Refusal("the scores do not tell a curve") from None
    raise Refusal("the search for the greatest likelihood did not end")


def _shortened(step: Floats, weights: Floats, design: Floats, targets: Floats) -> Floats:
    before = _log_likelihood(weights, design, targets)
    for _ in range(_HALVINGS):
        if _log_likelihood(weights + step, design, targets) >= before - _ROUNDING * abs(before):
            return step
        step = step / 2
    raise Refusal("the search for the greatest likelihood did not end")


def _log_likelihood(weights: Floats, design: Floats, targets: Floats) -> float:
    line = design @ weights
    return float((targets * log_expit(line) + (1 - targets) * log_expit(-line)).sum())


@dataclass(frozen=True)
class Line:
    """Amount = intercept + slope * score, at least 0."""

    intercept: float
    slope: float

    def amount(self, scores: ArrayLike) -> Floats:
        """Return the amount at each score."""
        line = self.intercept + self.slope * np.asarray(scores, dtype=np.float64)
        return np.asarray(np.maximum(line, 0))


def fit_line(scores: ArrayLike, amounts: Floats) -> Line:
    """Fit by least squares.

    Raises:
        Refusal: if all scores are the same.
    """
    x = np.asarray(scores, dtype=np.float64)
    if np.ptp(x) == 0:
        raise Refusal("every customer has the same score")
    slope, intercept = np.polyfit(x, amounts, 1)
    return Line(float(intercept), float(slope))
