"""`customer360 lifetime predict`: what is expected of a customer whose history is typed in."""

import math
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from customer360.lifetime.commands import EXIT_FAILED, complain, warn
from customer360.lifetime.fitting import PURCHASES, SPEND
from customer360.lifetime.governing import GoverningFit, NothingFitted, governing_fits
from customer360.lifetime.histories import DAYS_PER_WEEK
from customer360.lifetime.purchasing import PurchaseModel
from customer360.lifetime.spending import SpendModel
from customer360.lifetime.value import WEEKS_PER_MONTH, discounted_if_alive
from customer360.settings import Settings

_PREDICTED_MONTHS = (3, 12, 36)


@dataclass(frozen=True)
class History:
    """One customer, in days: repeat purchases, first to last purchase, first purchase to today."""

    repeats: int
    recency_days: int
    age_days: int
    mean_amount: float | None = None


def predict(
    settings: Settings, console: Console, history: History, yearly_discount_rate: float
) -> int:
    """Print what the marts' fit expects of a customer with this history; return the exit code."""
    try:
        fits = governing_fits(settings)
        purchases = _require_fitted(fits.get(PURCHASES))
        spend = fits.get(SPEND)
        has_spend = spend is not None and spend.reason is None
        model = PurchaseModel(**purchases.parameters, name=purchases.model)
        spend_model = SpendModel(**spend.parameters) if spend and has_spend else None
        console.print(prediction_table(model, spend_model, history, yearly_discount_rate))
    except (NothingFitted, ValueError) as error:
        return complain(console, str(error), EXIT_FAILED)
    if spend is not None and spend.reason is not None:
        console.print(f"No amounts, as {spend.model} was refused: {spend.reason}.", markup=False)
    elif history.repeats > 0 and history.mean_amount is None:
        console.print("What they are worth depends on --mean-amount of the repeat purchases.")
    if spend is not None and spend.warning is not None:
        warn(console, spend.model, spend.warning)
    console.print(f"By {model.name}, fitted to purchases up to {purchases.as_of_date}.")
    return 0


def _require_fitted(fit: GoverningFit | None) -> GoverningFit:
    if fit is None:
        raise NothingFitted("No model is fitted yet: `customer360 lifetime fit`.")
    if fit.reason is not None:
        raise NothingFitted(
            f"No model of purchases fits the data up to {fit.as_of_date}: {fit.reason}."
        )
    return fit


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
