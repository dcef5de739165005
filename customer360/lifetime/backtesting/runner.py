"""Run the backtests over the intermediate layer and keep the outcome in ops."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import execute_values

from customer360.database.connection import connect
from customer360.lifetime.backtesting.curves import fit_logistic
from customer360.lifetime.backtesting.forecasts import CHURN, Forecast, forecasts
from customer360.lifetime.backtesting.health import HealthRules, health_scores, read_rules
from customer360.lifetime.backtesting.measures import Measures, measure
from customer360.lifetime.backtesting.panel import Panel, read_panel
from customer360.lifetime.configuration import (
    LifetimeVariables,
    library_version,
    lifetime_variables,
)
from customer360.lifetime.likelihood import Refusal
from customer360.lifetime.reading import read_window
from customer360.lifetime.records import FittedModel, store_fit
from customer360.settings import Settings

logger = logging.getLogger(__name__)

HEALTH_CHURN, LOGISTIC = "health_churn", "logistic"
_INSERT_RUN = """
    insert into ops.lifetime_backtests (build_id, as_of_date, horizon_days, library_version)
    values (%s, %s, %s, %s)
    returning backtest_id
"""
_INSERT_RESULTS = """
    insert into ops.lifetime_backtest_results (
        backtest_id, target, model, is_baseline, cut_off_date, customers, event_share, auc,
        lift_top_decile, brier_score, mean_absolute_error, rank_correlation, mean_predicted,
        mean_observed, forecast_method, amount_method, refusal_reason
    ) values %s
"""
_INSERT_DECILES = """
    insert into ops.lifetime_backtest_deciles (
        backtest_id, target, model, cut_off_date, decile, customers, mean_predicted, mean_observed
    ) values %s
"""


@dataclass(frozen=True)
class Result:
    """How one model did at one cut-off."""

    forecast: Forecast
    cut_off: dt.date
    measures: Measures


def run_backtests(settings: Settings, build_id: str | None = None) -> list[Result]:
    """Forecast at past cut-offs and compare; append the outcome to ops.

    Also fits the curve from today's health scores to the probability of churn, at the newest
    cut-off whose outcome is known, and appends it as a fit.

    Raises:
        NothingToFit: if the intermediate layer was never built or holds no business day.
    """
    variables = lifetime_variables(settings)
    with (
        connect(settings, role="c360_transformer") as connection,
        connection,
        connection.cursor() as cursor,
    ):
        window = read_window(cursor)
        rules = read_rules(cursor)
        panels = read_panels(cursor, window.as_of_date, variables)
        results = evaluate(panels, rules, variables)
        store_fit(cursor, window, health_curve(panels, rules, variables), build_id)
        _store(cursor, build_id, window.as_of_date, variables.churn_horizon_days, results)
    logger.info("Backtests at %d cut-offs.", len({result.cut_off for result in results}))
    return results


def cut_offs(as_of_date: dt.date, variables: LifetimeVariables) -> list[dt.date]:
    """Return the cut-offs, oldest first: a horizon apart, the last of them a horizon ago.

    One more than are tested: the first is only learnt from.
    """
    horizon = dt.timedelta(days=variables.churn_horizon_days)
    return [
        as_of_date - number * horizon for number in range(variables.backtest_cut_offs + 1, 0, -1)
    ]


def read_panels(cursor: Cursor, as_of_date: dt.date, variables: LifetimeVariables) -> list[Panel]:
    """Read the panel of each cut-off that had customers enough, oldest first."""
    panels = [
        read_panel(
            cursor, cut_off, variables.churn_horizon_days, variables.lifetime_excluded_channels
        )
        for cut_off in cut_offs(as_of_date, variables)
    ]
    least = variables.backtest_least_customers
    return [panel for panel in panels if panel.is_modelled.sum() >= least]


def evaluate(
    panels: Sequence[Panel], rules: HealthRules, variables: LifetimeVariables
) -> list[Result]:
    """Measure every forecast at each cut-off that has an earlier one to learn from."""
    return [
        Result(forecast, panel.cut_off, _measured(forecast, panel.modelled))
        for earlier, panel in pairwise(panels)
        for forecast in forecasts(panel, earlier, rules, variables)
    ]


def _measured(forecast: Forecast, panel: Panel) -> Measures:
    if forecast.target == CHURN:
        stayed_away = (~panel.has_bought).astype(np.float64)
        return measure(forecast.predicted, stayed_away, is_probability=True)
    return measure(forecast.predicted, panel.spent, is_probability=False)


def health_curve(
    panels: Sequence[Panel], rules: HealthRules, variables: LifetimeVariables
) -> FittedModel:
    """Fit the curve that today's scores are read by, at the newest cut-off with an outcome."""
    horizon = variables.churn_horizon_days
    if not panels:
        reason = f"fewer than {variables.backtest_least_customers} customers {horizon} days ago"
        return FittedModel(HEALTH_CHURN, LOGISTIC, 0, reason=reason, horizon_days=horizon)
    newest = panels[-1].modelled
    scores = health_scores(panels[-1], rules)[panels[-1].is_modelled]
    try:
        curve = fit_logistic(scores, ~newest.has_bought)
    except Refusal as refusal:
        customers = newest.customers
        reason = str(refusal)
        return FittedModel(HEALTH_CHURN, LOGISTIC, customers, reason=reason, horizon_days=horizon)
    return FittedModel(
        HEALTH_CHURN,
        LOGISTIC,
        newest.customers,
        {"intercept": curve.intercept, "slope": curve.slope},
        {"intercept": curve.intercept_error, "slope": curve.slope_error},
        curve.log_likelihood,
        horizon_days=horizon,
    )


def _store(
    cursor: Cursor,
    build_id: str | None,
    as_of_date: dt.date,
    horizon_days: int,
    results: Sequence[Result],
) -> None:
    cursor.execute(_INSERT_RUN, [build_id, as_of_date, horizon_days, library_version()])
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - an insert returns its row
    keys = [(row[0], result.forecast.target, result.forecast.model) for result in results]
    rows = [
        (*key, result.forecast.is_baseline, result.cut_off, *_columns(result))
        for key, result in zip(keys, results, strict=True)
    ]
    deciles = [
        (*key, result.cut_off, part.decile, part.customers, part.mean_predicted, part.mean_observed)
        for key, result in zip(keys, results, strict=True)
        for part in result.measures.deciles
    ]
    if rows:
        execute_values(cursor, _INSERT_RESULTS, rows)
        execute_values(cursor, _INSERT_DECILES, deciles)


def _columns(result: Result) -> tuple[float | int | str | None, ...]:
    measures, forecast = result.measures, result.forecast
    return (
        measures.customers,
        measures.event_share,
        measures.auc,
        measures.lift_top_decile,
        measures.brier_score,
        measures.mean_absolute_error,
        measures.rank_correlation,
        measures.mean_predicted,
        measures.mean_observed,
        forecast.forecast_method,
        forecast.amount_method,
        forecast.refusal_reason,
    )
