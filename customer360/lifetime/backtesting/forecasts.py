"""What each model says at a cut-off: fitted to what was known then, and to no more.

Curves of one number are learnt a horizon earlier, where the outcome was known at the cut-off. All
forecasts of a cut-off are for the same customers: those whom the lifetime models know.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from customer360.lifetime.backtesting.curves import fit_line, fit_logistic
from customer360.lifetime.backtesting.health import HealthRules, health_scores
from customer360.lifetime.backtesting.panel import Panel
from customer360.lifetime.configuration import LifetimeVariables
from customer360.lifetime.fitting import fit_purchase_models, likeliest, purchase_model
from customer360.lifetime.histories import DAYS_PER_WEEK, Floats
from customer360.lifetime.likelihood import Refusal
from customer360.lifetime.purchasing import PurchaseModel
from customer360.lifetime.spending import GAMMA_GAMMA, SpendModel, fit_spend

CHURN, VALUE = "churn", "value"
LIFETIME, HEALTH, SIMPLE = "lifetime", "health", "simple_formula"
NAIVE = "naive"
BASELINES: dict[str, Callable[[Panel], Floats]] = {
    "recency_only": lambda panel: np.log1p(panel.days_since_last),
    "frequency_only": lambda panel: np.log1p(panel.repeats),
}


@dataclass(frozen=True)
class Forecast:
    """One model's word on each modelled customer: the chance of no purchase, or EUR.

    The methods say what a lifetime forecast rests on, and `refusal_reason` why on a naive estimate.
    """

    target: str
    model: str
    predicted: Floats
    is_baseline: bool = False
    forecast_method: str | None = None
    amount_method: str | None = None
    refusal_reason: str | None = None


@dataclass(frozen=True)
class Fits:
    """The lifetime models of a cut-off; None where the data did not support one, for the reason."""

    purchases: PurchaseModel | None
    purchases_refused: str | None
    spend: SpendModel | None
    spend_refused: str | None


def forecasts(
    panel: Panel, earlier: Panel, rules: HealthRules, variables: LifetimeVariables
) -> Iterator[Forecast]:
    """Yield every forecast that can be made at the panel's cut-off.

    `earlier` is the panel a horizon before: its outcomes are known at the cut-off.
    """
    known, known_earlier = panel.modelled, earlier.modelled
    yield from _lifetime_forecasts(known, fit_all(known), variables)
    yield from _health_forecast(panel, earlier, rules)
    yield Forecast(VALUE, SIMPLE, _past_rhythm(known, variables) * known.mean_amount)
    for name, score in BASELINES.items():
        yield from _baseline_forecasts(known, known_earlier, name, score)


def fit_all(panel: Panel) -> Fits:
    """Fit the lifetime models to what was known at the cut-off."""
    outcome = likeliest(fit_purchase_models(panel.purchase_histories))
    purchases = purchase_model(outcome) if outcome.reason is None else None
    try:
        spend, _ = fit_spend(panel.spend_histories)
    except Refusal as refusal:
        return Fits(purchases, outcome.reason, None, str(refusal))
    return Fits(purchases, outcome.reason, spend, None)


def _lifetime_forecasts(
    panel: Panel, fits: Fits, variables: LifetimeVariables
) -> Iterator[Forecast]:
    """Yield what the marts would have shown, which is the naive estimate where a fit is refused."""
    history = (panel.repeats, panel.recency_days / DAYS_PER_WEEK, panel.age_days / DAYS_PER_WEEK)
    if fits.purchases is None:
        gone = (panel.days_since_last_order >= variables.active_within_days).astype(np.float64)
        purchases, method = _past_rhythm(panel, variables), NAIVE
    else:
        gone = fits.purchases.probability_of_none(*history, panel.horizon_weeks)
        purchases = fits.purchases.expected_purchases(*history, panel.horizon_weeks)
        method = fits.purchases.name
    yield Forecast(
        CHURN, LIFETIME, gone, forecast_method=method, refusal_reason=fits.purchases_refused
    )
    if fits.spend is None:
        amounts = panel.mean_amount
    else:
        amounts = fits.spend.expected_amount(panel.repeats, panel.mean_repeat_amount)
    reasons = [reason for reason in (fits.purchases_refused, fits.spend_refused) if reason]
    yield Forecast(
        VALUE,
        LIFETIME,
        purchases * amounts,
        forecast_method=method,
        amount_method=NAIVE if fits.spend is None else GAMMA_GAMMA,
        refusal_reason="; ".join(reasons) or None,
    )


def _health_forecast(panel: Panel, earlier: Panel, rules: HealthRules) -> Iterator[Forecast]:
    learnt = health_scores(earlier, rules)[earlier.is_modelled]
    try:
        curve = fit_logistic(learnt, ~earlier.modelled.has_bought)
    except Refusal:
        return
    scores = health_scores(panel, rules)[panel.is_modelled]
    yield Forecast(CHURN, HEALTH, curve.probability(scores))


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


def _past_rhythm(panel: Panel, variables: LifetimeVariables) -> Floats:
    """Return purchases in the horizon by the naive estimate of customer_purchase_forecasts."""
    observed = np.maximum(panel.age_days, variables.clv_minimum_observed_days)
    return np.asarray((panel.repeats + 1) / observed * panel.horizon_days)
