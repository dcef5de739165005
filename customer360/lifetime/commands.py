"""`customer360 lifetime …`: what its commands print and how they end."""

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

from customer360.database.connection import connect
from customer360.identity.evaluation import NoTruth
from customer360.lifetime.backtesting.forecasts import Forecast
from customer360.lifetime.backtesting.measures import Measures
from customer360.lifetime.backtesting.runner import Result, run_backtests
from customer360.lifetime.fitting import fit_models
from customer360.lifetime.histories import DAYS_PER_WEEK
from customer360.lifetime.purchasing import PurchaseModel
from customer360.lifetime.reading import NothingToFit
from customer360.lifetime.records import FittedModel
from customer360.lifetime.spending import SpendModel
from customer360.lifetime.truth import NothingToCompare, compare_with_truth
from customer360.lifetime.value import WEEKS_PER_MONTH, discounted_if_alive
from customer360.settings import Settings
from customer360.transformation.build import BuildBusy, build_lock

EXIT_FAILED = 1
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later
_PREDICTED_MONTHS = (3, 12, 36)
_PARAMETERS = """
    select fits.model, parameters.parameter, parameters.value, fits.as_of_date
    from ops.lifetime_fits as fits
    inner join ops.lifetime_parameters as parameters on fits.fit_id = parameters.fit_id
    where fits.fit_id = (
        select max(fit_id) from ops.lifetime_fits
        where process = %s and is_chosen
    )
"""


@dataclass(frozen=True)
class History:
    """One customer, in days: repeat purchases, first to last purchase, first purchase to today."""

    repeats: int
    recency_days: int
    age_days: int
    mean_amount: float | None = None


def fit(settings: Settings, console: Console) -> int:
    """Fit all models to the intermediate layer, print them; return the exit code."""
    try:
        with build_lock(settings):
            outcomes = fit_models(settings)
    except NothingToFit as error:
        return _complain(console, str(error), EXIT_FAILED)
    except BuildBusy as error:
        return _complain(console, str(error), EXIT_BUSY)
    console.print(fits_table(outcomes))
    for outcome in outcomes:
        if outcome.reason is not None:
            console.print(
                f"{outcome.model}: no fit, as {outcome.reason}.", style="yellow", markup=False
            )
    console.print("The marts of the next build use them; of two purchase models the chosen one.")
    return 0


def fits_table(outcomes: list[FittedModel]) -> Table:
    """Show each parameter with its standard error."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("model", "customers", "parameter", "value", "standard error", "log likelihood"):
        is_text = heading in {"model", "parameter"}
        justify: JustifyMethod = "left" if is_text else "right"
        table.add_column(heading, justify=justify, no_wrap=heading in {"parameter", "value"})
    for outcome in outcomes:
        name = outcome.model if outcome.is_chosen else f"{outcome.model} (not chosen)"
        likelihood = "" if outcome.log_likelihood is None else f"{outcome.log_likelihood:,.2f}"
        if outcome.reason is not None:
            table.add_row(name, f"{outcome.customers:,}", "refused", "", "", "")
        for number, (parameter, value) in enumerate(outcome.parameters.items()):
            error = outcome.standard_errors.get(parameter)
            first = number == 0
            table.add_row(
                name if first else "",
                f"{outcome.customers:,}" if first else "",
                parameter,
                f"{value:.4f}",
                "" if error is None else f"{error:.4f}",
                likelihood if first else "",
            )
    return table


def backtest(settings: Settings, console: Console) -> int:
    """Run the backtests, print how each model did; return the exit code."""
    try:
        with build_lock(settings):
            results = run_backtests(settings)
    except NothingToFit as error:
        return _complain(console, str(error), EXIT_FAILED)
    except BuildBusy as error:
        return _complain(console, str(error), EXIT_BUSY)
    if not results:
        message = (
            "No backtest: at no past cut-off were there customers enough, see dbt_project.yml."
        )
        return _complain(console, message, EXIT_FAILED)
    console.print(backtests_table(results))
    console.print("The next build shows them in model_backtests and model_calibration.")
    return 0


def backtests_table(results: list[Result]) -> Table:
    """Show the measures of each forecast; baselines are the ones to beat."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), caption="* baseline, the one to beat")
    for heading in ("cut-off", "target", "model", "AUC", "lift", "Brier", "predicted", "observed"):
        is_text = heading in {"cut-off", "target", "model"}
        justify: JustifyMethod = "left" if is_text else "right"
        table.add_column(heading, justify=justify, no_wrap=heading != "model")
    in_order = sorted(
        results, key=lambda one: (one.cut_off, one.forecast.target, one.forecast.is_baseline)
    )
    for result in in_order:
        found = result.measures
        table.add_row(
            str(result.cut_off),
            result.forecast.target,
            _described(result.forecast),
            *(_number(value) for value in (found.auc, found.lift_top_decile, found.brier_score)),
            *(_number(value) for value in (found.mean_predicted, found.mean_observed)),
        )
    return table


def _described(forecast: Forecast) -> str:
    if forecast.is_baseline:
        return f"{forecast.model}*"
    if forecast.refusal_reason is not None:
        return f"{forecast.model} (naive, as {forecast.refusal_reason})"
    return forecast.model


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}"


def compare(settings: Settings, console: Console, truth: Path | None) -> int:
    """Print how near P(alive) comes to who has really left; return the exit code."""
    try:
        found = compare_with_truth(settings, truth or settings.data_dir / "truth")
    except (NoTruth, NothingToCompare) as error:
        return _complain(console, str(error), EXIT_FAILED)
    alive = found.alive
    console.print(deciles_table(alive))
    console.print(
        f"As of {found.as_of_date}, of {alive.customers:,} customers {alive.mean_observed:.1%} may "
        f"still buy; the models say {alive.mean_predicted:.1%}. AUC {_number(alive.auc)}, by "
        f"recency alone {_number(found.recency_auc)}; Brier {_number(alive.brier_score)}. "
        f"{found.left_out:,} customers are several people or parts of one, and left out.",
        highlight=False,
    )
    return 0


def deciles_table(found: Measures) -> Table:
    """Show the mean of what was predicted and observed in each tenth."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("tenth by P(alive)", "customers", "P(alive)", "alive in truth"):
        table.add_column(heading, justify="right")
    for part in found.deciles:
        shares = (f"{part.mean_predicted:.3f}", f"{part.mean_observed:.3f}")
        table.add_row(str(part.decile), f"{part.customers:,}", *shares)
    return table


def predict(
    settings: Settings, console: Console, history: History, yearly_discount_rate: float
) -> int:
    """Print what the newest fit expects of a customer with this history; return the exit code."""
    with connect(settings) as connection, connection.cursor() as cursor:
        fitted = _newest(cursor, "purchases")
        spend = _newest(cursor, "spend")
    if fitted is None:
        return _complain(console, "No model is fitted: `customer360 lifetime fit`.", EXIT_FAILED)
    name, values, as_of_date = fitted
    model = PurchaseModel(**values, name=name)
    spend_model = SpendModel(**spend[1]) if spend else None
    try:
        console.print(prediction_table(model, spend_model, history, yearly_discount_rate))
    except ValueError as error:
        return _complain(console, str(error), EXIT_FAILED)
    if history.repeats > 0 and history.mean_amount is None:
        console.print("What they are worth depends on --mean-amount of the repeat purchases.")
    console.print(f"By {name}, fitted to purchases up to {as_of_date}.")
    return 0


def _newest(cursor: Cursor, process: str) -> tuple[str, dict[str, float], dt.date] | None:
    cursor.execute(_PARAMETERS, [process])
    rows = cursor.fetchall()
    if not rows:
        return None
    return str(rows[0][0]), {str(row[1]): float(row[2]) for row in rows}, rows[0][3]


def prediction_table(
    model: PurchaseModel, spend: SpendModel | None, history: History, yearly_discount_rate: float
) -> Table:
    """Show what is expected; EUR only where the amounts of repeat purchases are known.

    Raises:
        ValueError: if nobody can have that history.
    """
    _require_possible(history)
    x, recency, age = (
        history.repeats,
        history.recency_days / DAYS_PER_WEEK,
        history.age_days / DAYS_PER_WEEK,
    )
    alive = float(model.probability_alive(x, recency, age))
    is_amount_known = history.mean_amount is not None or x == 0
    amount = (
        float(spend.expected_amount(x, history.mean_amount or 0))
        if spend and is_amount_known
        else None
    )
    table = Table(
        title=f"Alive with probability {alive:.4f}", title_justify="left", box=SIMPLE_HEAD
    )
    for heading in ("months", "purchases", "none", "EUR, discounted"):
        table.add_column(heading, justify="right")
    for months in _PREDICTED_MONTHS:
        weeks = months * WEEKS_PER_MONTH
        value = alive * float(discounted_if_alive(model, x, age, months, yearly_discount_rate))
        table.add_row(
            str(months),
            f"{float(model.expected_purchases(x, recency, age, weeks)):.4f}",
            f"{float(model.probability_of_none(x, recency, age, weeks)):.4f}",
            "" if amount is None else f"{value * amount:,.2f}",
        )
    return table


def _require_possible(history: History) -> None:
    if not history.repeats <= history.recency_days <= history.age_days:
        raise ValueError(
            "The last purchase lies between the first one and today, and repeat purchases on days "
            "of their own."
        )
    if (history.repeats == 0) != (history.recency_days == 0):
        raise ValueError("Who bought once has a recency of 0 days, and nobody else.")
    if history.mean_amount is not None and not 0 < history.mean_amount < math.inf:
        raise ValueError("The mean amount of repeat purchases is more than 0.")


def _complain(console: Console, message: str, exit_code: int) -> int:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return exit_code
