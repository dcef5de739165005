"""Gamma-Gamma: gradient, recovery of known parameters, refusals."""

import re

import numpy as np
import pandas as pd
import pytest

from customer360.lifetime.fitting import fit_spend_model
from customer360.lifetime.histories import SpendHistories
from customer360.lifetime.likelihood import Refusal
from customer360.lifetime.spending import SpendLikelihood, SpendModel, fit_spend

TRUTH = SpendModel(p=4.0, q=3.5, v=75.0)


def simulated(q: float = TRUTH.q, customers: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    """Return repeat purchases and their mean amounts."""
    rng = np.random.default_rng(5)
    repeats = rng.geometric(0.4, customers)
    nu = rng.gamma(q, 1 / TRUTH.v, customers)
    return repeats, rng.gamma(TRUTH.p * repeats, 1 / nu) / repeats


def test_gradient_is_that_of_the_likelihood(summary: pd.DataFrame) -> None:
    likelihood = SpendLikelihood(SpendHistories.of_customers(summary["x"], summary["zbar"]))
    place = np.array([6.0, 3.0, 14.0])
    steps = np.eye(3) * 1e-6
    slopes = [(likelihood(place + s)[0] - likelihood(place - s)[0]) / 2e-6 for s in steps]
    np.testing.assert_allclose(likelihood(place)[1], slopes, rtol=1e-5)


def test_fit_recovers_the_truth_within_its_standard_errors() -> None:
    model, estimate = fit_spend(SpendHistories.of_customers(*simulated()))
    found = np.array([model.p, model.q, model.v])
    truth = np.array([TRUTH.p, TRUTH.q, TRUTH.v])
    assert (np.abs(found - truth) < 3.5 * estimate.standard_errors).all()
    assert model.population_mean == pytest.approx(TRUTH.population_mean, rel=0.02)


def test_customers_without_a_repeat_amount_say_nothing() -> None:
    histories = SpendHistories.of_customers([0, 1, 2, 2], [10.0, 0.0, 30.0, 30.0])
    assert histories.customer_count == 2
    assert histories.repeats.tolist() == [2]


def heavy_tailed(customers: int) -> tuple[np.ndarray, np.ndarray]:
    """Return repeat purchases and mean amounts of a log-normal between customers and within."""
    rng = np.random.default_rng(6)
    repeats = rng.geometric(0.4, customers)
    own = rng.normal(3, 1, customers)
    return repeats, np.array(
        [np.exp(rng.normal(mu, 1, x)).mean() for mu, x in zip(own, repeats, strict=True)]
    )


@pytest.mark.parametrize("customers", [1_000, 20_000])
def test_a_heavy_tail_is_told(customers: int) -> None:
    """The mean that the fit has for everybody is a third and more above what they spent."""
    outcome = fit_spend_model(SpendHistories.of_customers(*heavy_tailed(customers)))
    found = re.search(r", (\d+)% more than the", outcome.warning or "")
    assert found is not None, outcome
    assert 30 < int(found[1]) < 70


@pytest.mark.parametrize("q", [2.2, 3.5, 8.0])
@pytest.mark.parametrize("customers", [300, 40_000])
def test_amounts_as_the_model_has_them_are_no_cause_for_a_warning(q: float, customers: int) -> None:
    assert fit_spend_model(SpendHistories.of_customers(*simulated(q, customers))).warning is None


def test_amounts_without_a_mean_are_refused() -> None:
    with pytest.raises(Refusal, match="have no mean"):
        fit_spend(SpendHistories.of_customers(*simulated(q=0.8)))


def test_amounts_that_are_all_alike_are_refused() -> None:
    with pytest.raises(Refusal):
        fit_spend(SpendHistories.of_customers(np.full(500, 3), np.full(500, 20.0)))
