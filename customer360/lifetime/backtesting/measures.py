"""How good a forecast was."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, rankdata

from customer360.lifetime.histories import Floats, Integers

DECILES = 10


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers, by what was predicted."""

    decile: int
    customers: int
    mean_predicted: float
    mean_observed: float


@dataclass(frozen=True)
class Measures:
    """Measures of one forecast; None where the outcomes leave one undefined."""

    customers: int
    event_share: float
    auc: float | None
    lift_top_decile: float | None
    brier_score: float | None
    mean_absolute_error: float
    rank_correlation: float | None
    mean_predicted: float
    mean_observed: float
    deciles: tuple[Decile, ...]


def measure(predicted: Floats, observed: Floats, *, is_probability: bool) -> Measures:
    """Compare what was predicted with what came true: 0 or 1, or an amount."""
    events = observed > 0
    return Measures(
        customers=len(observed),
        event_share=float(events.mean()),
        auc=area_under_curve(predicted, events),
        lift_top_decile=lift_of_top(predicted, observed),
        brier_score=float(np.mean((predicted - observed) ** 2)) if is_probability else None,
        mean_absolute_error=float(np.abs(predicted - observed).mean()),
        rank_correlation=_rank_correlation(predicted, observed),
        mean_predicted=float(predicted.mean()),
        mean_observed=float(observed.mean()),
        deciles=by_decile(predicted, observed),
    )


def area_under_curve(predicted: Floats, events: NDArray[np.bool_]) -> float | None:
    """Return the chance that one with the event is ranked above one without, ties half.

    Mann-Whitney's U over the number of pairs (Hanley, McNeil (1982), "The Meaning and Use of the
    Area under a ROC Curve", Radiology 143).
    """
    positives = int(events.sum())
    negatives = len(events) - positives
    if not positives or not negatives:
        return None
    ranks = rankdata(predicted)[events].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def lift_of_top(predicted: Floats, observed: Floats, share: float = 0.1) -> float | None:
    """Return the share of what came true in the top tenth, over what a lot would draw.

    Equal predictions at its border share what they hold: an order of rows cannot sway it.
    """
    total = observed.sum()
    if not total:
        return None
    size = max(1, round(share * len(observed)))
    border = np.partition(predicted, -size)[-size]
    above, tied = predicted > border, predicted == border
    held = observed[above].sum() + observed[tied].mean() * (size - above.sum())
    return float(held / total / (size / len(observed)))


def by_decile(predicted: Floats, observed: Floats) -> tuple[Decile, ...]:
    """Return the ten tenths in order; equal predictions stay together."""
    tenths = _tenths(predicted)
    return tuple(
        Decile(
            number,
            int((tenths == number).sum()),
            float(predicted[tenths == number].mean()),
            float(observed[tenths == number].mean()),
        )
        for number in np.unique(tenths).tolist()
    )


def calibration_p_value(deciles: Sequence[Decile]) -> float:
    """Return how likely outcomes as far from their probabilities are, if those are right.

    Hosmer, Lemeshow, Sturdivant (2013), "Applied Logistic Regression", 3rd edition, section 5.2.2:
    over the groups, the squared difference of events seen and expected, over its variance. Of a
    forecast that has not seen these outcomes it is chi-squared with as many degrees of freedom as
    there are groups.
    """
    statistic = 0.0
    for part in deciles:
        difference = part.customers * (part.mean_observed - part.mean_predicted) ** 2
        if difference > 0:
            variance = part.mean_predicted * (1 - part.mean_predicted)
            statistic += difference / variance if variance > 0 else np.inf
    return float(chi2.sf(statistic, len(deciles)))


def _tenths(predicted: Floats) -> Integers:
    less = rankdata(predicted, method="min").astype(np.int64) - 1
    return np.asarray(1 + DECILES * less // len(predicted))


def _rank_correlation(predicted: Floats, observed: Floats) -> float | None:
    """Return Spearman's correlation."""
    first, second = rankdata(predicted), rankdata(observed)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
