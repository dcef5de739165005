"""The step of a build between the intermediate layer and the marts."""

import logging

from customer360.lifetime.backtesting.runner import run_backtests
from customer360.lifetime.backtesting.verdicts import losses
from customer360.lifetime.fitting import fit_models
from customer360.lifetime.reading import NothingToFit
from customer360.lifetime.records import FittedModel
from customer360.settings import Settings
from customer360.transformation.build import build_lock

logger = logging.getLogger(__name__)


def prepare_models(settings: Settings, build_id: str | None) -> list[FittedModel]:
    """Fit the models to what the build holds and backtest them, so that its marts can use both.

    The caller holds the build lock. Data that do not support a fit are no failure; neither is a
    warehouse without any.
    """
    try:
        outcomes = fit_models(settings, build_id)
        results = run_backtests(settings, build_id)
    except NothingToFit:
        return []
    for loss in losses(results):
        logger.warning("%s", loss)
    return outcomes


def run_models_step(settings: Settings, build_id: str) -> list[FittedModel]:
    """Do the step under the build lock; a task of its own may run it.

    Raises:
        BuildBusy: if another build runs.
    """
    with build_lock(settings):
        return prepare_models(settings, build_id)
