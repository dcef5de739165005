"""What each model says at a cut-off: fitted to what was known then, and to no more.

Curves of one number are learnt a horizon earlier, where the outcome was known at the cut-off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from customer360.lifetime.backtesting.curves import fit_line, fit_logistic
from customer360.lifetime.backtesting.health import HealthRules, health_scores
from customer360.lifetime.backtesting.panel import Panel
from customer360.lifetime.fitting import fit_purchase_models, likeliest, purchase_model
from customer360.lifetime.histories import Floats
from customer360.lifetime.likelihood import Refusal
from customer360.lifetime.spending import fit_spend

CHURN, VALUE = "churn", "value"
LIFETIME, HEALTH, SIMPLE = "lifetime", "health", "simple_formula"
BASELINES: dict[str, Callable[[Panel], Floats]] = {
    "recency_only": lambda panel: np.log1p(panel.days_since_last),
    "frequency_only": lambda panel: np.log(panel.orders),
}
# As the variable clv_minimum_observed_days of the simple formula.
_LEAST_OBSERVED_DAYS = 365


@dataclass(frozen=True)
class Forecast:
    """One model's word on each customer of a panel: the chance of no purchase, or EUR."""

    target: str
    model: str
    predicted: Floats
    is_baseline: bool = False


def forecasts(panel: Panel, earlier: Panel, rules: HealthRules) -> Iterator[Forecast]:
    """Yield every forecast that can be made at the panel's cut-off.

    `earlier` is the panel a horizon before: its outcomes are known at the cut-off.
    """
    yield from _lifetime_forecasts(panel)
    yield from _health_forecast(panel, earlier, rules)
    yield Forecast(VALUE, SIMPLE, _past_rhythm(panel))
    for name, score in BASELINES.items():
        yield from _baseline_forecasts(panel, earlier, name, score)


def _lifetime_forecasts(panel: Panel) -> Iterator[Forecast]:
    outcome = likeliest(fit_purchase_models(panel.purchase_histories))
    if outcome.reason is not None:
        return
    model = purchase_model(outcome)
    recency, age = panel.recency_days / 7, panel.age_days / 7
    history = (panel.repeats, recency, age)
    yield Forecast(CHURN, LIFETIME, model.probability_of_none(*history, panel.horizon_weeks))
    try:
        spend, _ = fit_spend(panel.spend_histories)
    except Refusal:
        return
    purchases = model.expected_purchases(*history, panel.horizon_weeks)
    amounts = spend.expected_amount(panel.repeats, panel.mean_repeat_amount)
    yield Forecast(VALUE, LIFETIME, purchases * amounts)


def _health_forecast(panel: Panel, earlier: Panel, rules: HealthRules) -> Iterator[Forecast]:
    try:
        curve = fit_logistic(health_scores(earlier, rules), ~earlier.has_bought)
    except Refusal:
        return
    yield Forecast(CHURN, HEALTH, curve.probability(health_scores(panel, rules)))


def _baseline_forecasts(
    panel: Panel, earlier: Panel, name: str, score: Callable[[Panel], Floats]
) -> Iterator[Forecast]:
    try:
        curve = fit_logistic(score(earlier), ~earlier.has_bought)
        line = fit_line(score(earlier), earlier.spent)
    except Refusal:
        return
    yield Forecast(CHURN, name, curve.probability(score(panel)), is_baseline=True)
    yield Forecast(VALUE, name, line.amount(score(panel)), is_baseline=True)


def _past_rhythm(panel: Panel) -> Floats:
    """Return what the simple formula of customer_clv makes of the horizon."""
    net = (panel.gross_cents - panel.refunded_cents) / 100
    observed = np.maximum(panel.age_days, _LEAST_OBSERVED_DAYS)
    return np.asarray(net / observed * panel.horizon_days)
