"""Fit the models to the intermediate layer and keep the outcome in ops."""

import dataclasses
import logging
from collections.abc import Sequence

from customer360.database.connection import connect
from customer360.lifetime import purchasing, spending
from customer360.lifetime.histories import PurchaseHistories, SpendHistories
from customer360.lifetime.likelihood import Refusal
from customer360.lifetime.purchasing import BG_NBD, MBG_NBD, PurchaseModel, fit_purchases
from customer360.lifetime.reading import read_purchases, read_spend, read_window
from customer360.lifetime.records import FittedModel, fitted, store_fit, store_nodes
from customer360.lifetime.spending import GAMMA_GAMMA, fit_spend, misfit
from customer360.settings import Settings

logger = logging.getLogger(__name__)

PURCHASES, SPEND = "purchases", "spend"


def fit_models(settings: Settings, build_id: str | None = None) -> list[FittedModel]:
    """Fit all models to what the intermediate layer holds; append the outcomes to ops.

    A refusal is an outcome too: the marts then show the naive estimate and say so.

    Raises:
        NothingToFit: if the intermediate layer was never built or holds no business day.
    """
    with (
        connect(settings, role="c360_transformer") as connection,
        connection,
        connection.cursor() as cursor,
    ):
        window = read_window(cursor)
        histories = read_purchases(cursor)
        outcomes = [*fit_purchase_models(histories), fit_spend_model(read_spend(cursor))]
        for outcome in outcomes:
            fit_id = store_fit(cursor, window, outcome, build_id)
            if outcome.is_chosen and outcome.process == PURCHASES and outcome.parameters:
                most = int(histories.repeats.max())
                store_nodes(cursor, fit_id, purchase_model(outcome), most)
            logger.info("%s", described(outcome))
            if outcome.warning is not None:
                logger.warning("%s: %s.", outcome.model, outcome.warning)
    return outcomes


def fit_purchase_models(histories: PurchaseHistories) -> list[FittedModel]:
    """Fit BG/NBD and MBG/NBD and choose the likelier: they have as many parameters each."""
    outcomes = [_purchase_outcome(histories, name) for name in (BG_NBD, MBG_NBD)]
    best = likeliest(outcomes)
    return [dataclasses.replace(outcome, is_chosen=outcome is best) for outcome in outcomes]


def likeliest(outcomes: Sequence[FittedModel]) -> FittedModel:
    """Return the outcome of the greatest likelihood; the first of all where each is a refusal."""

    def likelihood(outcome: FittedModel) -> float:
        return -float("inf") if outcome.log_likelihood is None else outcome.log_likelihood

    return max(outcomes, key=likelihood)


def _purchase_outcome(histories: PurchaseHistories, name: str) -> FittedModel:
    customers = histories.customer_count
    try:
        _, estimate = fit_purchases(histories, name)
    except Refusal as refusal:
        return FittedModel(PURCHASES, name, customers, reason=str(refusal))
    return fitted(PURCHASES, name, purchasing.NAMES, estimate, customers)


def fit_spend_model(histories: SpendHistories) -> FittedModel:
    """Fit Gamma-Gamma."""
    try:
        model, estimate = fit_spend(histories)
    except Refusal as refusal:
        return FittedModel(SPEND, GAMMA_GAMMA, histories.customer_count, reason=str(refusal))
    outcome = fitted(SPEND, GAMMA_GAMMA, spending.NAMES, estimate, histories.customer_count)
    return dataclasses.replace(outcome, warning=misfit(model, histories))


def purchase_model(outcome: FittedModel) -> PurchaseModel:
    """Return the model of a fitted outcome."""
    return PurchaseModel(**outcome.parameters, name=outcome.model)


def described(outcome: FittedModel) -> str:
    """Say in a line what came of a fit."""
    if outcome.reason is not None:
        return f"{outcome.model}: no fit, as {outcome.reason}; the marts show naive estimates."
    values = ", ".join(
        f"{name} {value:.4g} ± {outcome.standard_errors.get(name, float('nan')):.2g}"
        for name, value in outcome.parameters.items()
    )
    likelihood = "" if outcome.log_likelihood is None else f", log L {outcome.log_likelihood:.2f}"
    return f"{outcome.model}{'' if outcome.is_chosen else ' (not chosen)'}: {values}{likelihood}"
