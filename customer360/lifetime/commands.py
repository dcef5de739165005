"""`customer360 lifetime …`: what its commands print and how they end."""

from collections.abc import Iterator
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

from customer360.identity.evaluation import NoTruth
from customer360.lifetime.backtesting.forecasts import CHURN, Forecast
from customer360.lifetime.backtesting.measures import Measures, calibration_p_value
from customer360.lifetime.backtesting.runner import Result, run_backtests
from customer360.lifetime.backtesting.verdicts import losses
from customer360.lifetime.fitting import fit_models
from customer360.lifetime.governing import governing_fits
from customer360.lifetime.reading import NothingToFit
from customer360.lifetime.records import FittedModel
from customer360.lifetime.truth import NothingToCompare, compare_with_truth
from customer360.settings import Settings
from customer360.transformation.build import BuildBusy, build_lock

EXIT_FAILED = 1
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later
_KEPT = (
    "Kept in ops for builds of the marts alone (`customer360 build --layer marts`, `dbt build`): a "
    "whole `customer360 build` does this anew."
)


def fit(settings: Settings, console: Console) -> int:
    """Fit all models to the intermediate layer, print them; return the exit code."""
    try:
        with build_lock(settings):
            outcomes = fit_models(settings)
    except NothingToFit as error:
        return complain(console, str(error), EXIT_FAILED)
    except BuildBusy as error:
        return complain(console, str(error), EXIT_BUSY)
    console.print(fits_table(outcomes))
    for outcome in outcomes:
        if outcome.reason is not None:
            console.print(
                f"{outcome.model}: no fit, as {outcome.reason}.", style="yellow", markup=False
            )
        elif outcome.warning is not None:
            warn(console, outcome.model, outcome.warning)
    console.print(f"Of two purchase models the marts use the chosen one. {_KEPT}")
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
        return complain(console, str(error), EXIT_FAILED)
    except BuildBusy as error:
        return complain(console, str(error), EXIT_BUSY)
    if not results:
        message = (
            "No backtest: at no past cut-off were there customers enough, see dbt_project.yml."
        )
        return complain(console, message, EXIT_FAILED)
    console.print(backtests_table(results))
    for line in calibration_lines(results):
        console.print(line, highlight=False, soft_wrap=True)
    for loss in losses(results):
        console.print(str(loss), style="yellow", markup=False, highlight=False, soft_wrap=True)
    console.print(f"model_backtests and model_calibration show them. {_KEPT}")
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


def calibration_lines(results: list[Result]) -> Iterator[str]:
    """Say of each model of churn how likely its misses are by chance, cut-off by cut-off."""
    churn = sorted(
        (result for result in results if result.forecast.target == CHURN),
        key=lambda one: one.cut_off,
    )
    for model in dict.fromkeys(result.forecast.model for result in churn):
        values = (
            f"{calibration_p_value(result.measures.deciles):.3f}"
            for result in churn
            if result.forecast.model == model
        )
        yield f"Calibration at churn, {model}: Hosmer-Lemeshow p = {', '.join(values)}."


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
        return complain(console, str(error), EXIT_FAILED)
    alive = found.alive
    for fit in governing_fits(settings).values():
        if fit.warning is not None:
            warn(console, fit.model, fit.warning)
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


def warn(console: Console, model: str, warning: str) -> None:
    """Print where a model does not look like the data."""
    console.print(f"{model}: {warning}.", style="yellow", markup=False, soft_wrap=True)


def complain(console: Console, message: str, exit_code: int) -> int:
    """Print what is wrong; return the exit code."""
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return exit_code
