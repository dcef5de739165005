"""Our fits against what the papers print for the CDNOW tenth sample."""

import numpy as np
import pandas as pd
import pytest

from customer360.lifetime.histories import PurchaseHistories, SpendHistories
from customer360.lifetime.likelihood import Estimate
from customer360.lifetime.purchasing import MBG_NBD, PurchaseModel, fit_purchases
from customer360.lifetime.spending import SpendModel, fit_spend

HOLDOUT_WEEKS = 39


@pytest.fixture(scope="module")
def fitted(histories: PurchaseHistories) -> tuple[PurchaseModel, Estimate]:
    return fit_purchases(histories)


@pytest.fixture(scope="module")
def model(fitted: tuple[PurchaseModel, Estimate]) -> PurchaseModel:
    return fitted[0]


@pytest.fixture(scope="module")
def spend(repeat_amounts: pd.DataFrame) -> SpendModel:
    histories = SpendHistories.of_customers(repeat_amounts["size"], repeat_amounts["mean"])
    return fit_spend(histories)[0]


def test_bg_nbd_parameters_and_likelihood(fitted: tuple[PurchaseModel, Estimate]) -> None:
    """Fader, Hardie, Lee (2005), table 2, prints three decimals, and one of the log likelihood.

    The fourth decimal, and the second, are of our own maximum: they hold the fit where it is.
    """
    model, estimate = fitted
    values = (model.r, model.alpha, model.a, model.b)
    assert [round(value, 3) for value in values] == [0.243, 4.414, 0.793, 2.426]
    assert round(estimate.log_likelihood, 1) == -9582.4
    assert [round(value, 4) for value in values] == [0.2426, 4.4135, 0.7929, 2.4258]
    assert estimate.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_expected_purchases_of_customer_1(model: PurchaseModel) -> None:
    """1.226 is of the authors' note on the model in Excel: x = 2, t_x = 30.43, T = 38.86.

    P(alive) is not printed there: it is the formula worked out with the parameters above.
    """
    expected = model.expected_purchases(2, 30.43, 38.86, HOLDOUT_WEEKS)
    assert float(expected) == pytest.approx(1.226, abs=5e-4)
    assert float(model.probability_alive(2, 30.43, 38.86)) == pytest.approx(0.7266, abs=5e-5)


def test_gamma_gamma_parameters(
    spend: SpendModel, summary: pd.DataFrame, repeat_amounts: pd.DataFrame
) -> None:
    """Fader, Hardie (2013), section 5, to its two decimals."""
    published = summary[summary["x"] > 0]
    assert len(repeat_amounts) == len(published) == 946
    assert (repeat_amounts["size"] == published["x"]).all()
    assert (repeat_amounts["mean"] - published["zbar"]).abs().max() < 0.0051
    assert [round(value, 2) for value in (spend.p, spend.q, spend.v)] == [6.25, 3.74, 15.44]


def test_expected_amounts(spend: SpendModel) -> None:
    """The published parameters give the published mean; ours shrink towards it as they should."""
    published = SpendModel(6.25, 3.74, 15.44)
    assert published.population_mean == pytest.approx(35.2, abs=0.05)
    assert float(published.expected_amount(2, 22.35)) == pytest.approx(24.66, abs=0.05)
    assert float(spend.expected_amount(0, 0)) == pytest.approx(spend.population_mean)
    assert float(spend.expected_amount(1e9, 22.35)) == pytest.approx(22.35, rel=1e-6)


def test_holdout_of_each_customer(
    model: PurchaseModel, summary: pd.DataFrame, holdout: "pd.Series[int]"
) -> None:
    """Fader, Hardie, Lee (2005), section 4.2: correlation 0.626 of forecast and what happened."""
    expected = model.expected_purchases(summary["x"], summary["t_x"], summary["T"], HOLDOUT_WEEKS)
    assert np.corrcoef(expected, holdout)[0, 1] >= 0.625


def test_cumulative_repeats_at_week_78(
    model: PurchaseModel, repeat_days: pd.DataFrame, weeks_since_first: np.ndarray
) -> None:
    assert len(repeat_days) == 4_339
    expected = float(model.expected_of_newcomer(weeks_since_first).sum())
    assert expected == pytest.approx(4_339, rel=0.05)


def test_modified_model_fits_no_worse_here(
    histories: PurchaseHistories, fitted: tuple[PurchaseModel, Estimate]
) -> None:
    _, modified = fit_purchases(histories, MBG_NBD)
    assert modified.log_likelihood == pytest.approx(fitted[1].log_likelihood, abs=1)
