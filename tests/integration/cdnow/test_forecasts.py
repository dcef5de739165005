"""Forecasts for CDNOW as of 1997-09-30, from landing files to marts, against the 39 weeks after.

The 39 weeks hold Christmas, and the models no season: they expect too little of everybody, which
shows in the sums; that they rank customers well does not depend on it.
"""

import numpy as np
import pandas as pd
import pytest

from customer360.lifetime.backtesting.measures import measure
from customer360.lifetime.fitting import fit_models
from customer360.lifetime.histories import PurchaseHistories
from customer360.lifetime.purchasing import PurchaseModel, fit_purchases
from customer360.lifetime.records import FittedModel
from customer360.transformation.dbt_runner import run_dbt
from tests.integration.cdnow.conftest import CALIBRATION_END, Cdnow, summarised
from tests.integration.marts.warehouse import Warehouse

HOLDOUT_WEEKS = 39
CHURN_DAYS = 90
_FORECASTS = """
    select right(customers.source_customer_id, 5) as master_id,
        forecasts.forecast_method,
        forecasts.amount_method,
        forecasts.probability_alive::float8 as alive,
        forecasts.probability_of_no_purchase::float8 as none,
        forecasts.expected_purchase_amount::float8 as amount,
        histories.repeat_purchase_days as repeats,
        histories.days_since_first_purchase / 7.0::float8 as age,
        histories.days_since_first_purchase - histories.days_first_to_last_purchase as days_since
    from warehouse_next.customer_purchase_forecasts as forecasts
    inner join intermediate.int_customer_lifetime_summarised as histories
        on forecasts.customer_id = histories.customer_id
    inner join identity.identity_customers as customers
        on forecasts.customer_id = customers.customer_id
"""


@pytest.fixture(scope="module")
def outcomes(warehouse: Warehouse) -> list[FittedModel]:
    """The fits of a build as of the end of calibration, which its marts then go by."""
    build_without_tests(warehouse, "+int_customer_lifetime_summarised")
    outcomes = fit_models(warehouse.settings, "tests")
    build_without_tests(warehouse, "+customer_purchase_forecasts")
    return outcomes


def build_without_tests(warehouse: Warehouse, selection: str) -> None:
    """Build a part as of the end of calibration; the tests of a part need the whole."""
    arguments = ["build", "--exclude-resource-type", "unit_test", "test", "--select", selection]
    run_dbt(warehouse.settings, arguments, "tests", variables={"as_of_date": CALIBRATION_END})


@pytest.fixture(scope="module")
def chosen(outcomes: list[FittedModel]) -> PurchaseModel:
    (fitted,) = [one for one in outcomes if one.process == "purchases" and one.is_chosen]
    return PurchaseModel(**fitted.parameters, name=fitted.model)


@pytest.fixture(scope="module")
def customers(warehouse: Warehouse, cdnow: Cdnow, chosen: PurchaseModel) -> pd.DataFrame:
    """What the marts say of each customer, and what the published file says followed."""
    found = warehouse.frame(_FORECASTS).set_index("master_id")
    assert set(found["forecast_method"]) == {chosen.name}
    assert set(found["amount_method"]) == {"gamma_gamma"}
    later = cdnow.purchases[cdnow.purchases["day"] > CALIBRATION_END]
    days = later.groupby(["master_id", "day"], as_index=False)["amount"].sum()
    horizon_end = pd.Timestamp(CALIBRATION_END) + pd.Timedelta(days=CHURN_DAYS)
    soon = set(days.loc[days["day"] <= horizon_end, "master_id"])
    by_customer = days.groupby("master_id")["amount"].agg(["size", "sum"])
    followed = by_customer.reindex(found.index, fill_value=0)
    if_alive = chosen.expected_if_alive(found["repeats"], found["age"].astype(float), HOLDOUT_WEEKS)
    return found.assign(
        expected=found["alive"] * if_alive,
        bought=followed["size"],
        spent=followed["sum"],
        stayed_away=[customer not in soon for customer in found.index],
    )


def test_fit_of_the_warehouse_is_that_of_the_published_file(
    outcomes: list[FittedModel], cdnow: Cdnow
) -> None:
    expected = summarised(cdnow.purchases, "master_id", CALIBRATION_END)
    histories = PurchaseHistories.of_customers(
        expected["x"], expected["t_x"] / 7, expected["T"] / 7
    )
    fits = {outcome.model: outcome for outcome in outcomes if outcome.process == "purchases"}
    assert set(fits) == {"bg_nbd", "mbg_nbd"}
    for name, outcome in fits.items():
        _, estimate = fit_purchases(histories, name)
        assert outcome.customers == 23_570
        assert outcome.log_likelihood == pytest.approx(estimate.log_likelihood, abs=1e-4)
        assert list(outcome.parameters.values()) == pytest.approx(estimate.values, rel=1e-4)


def test_all_customers_are_like_the_published_tenth_of_them(outcomes: list[FittedModel]) -> None:
    """Within three standard errors of the fit to the tenth, Fader, Hardie, Lee (2005), table 2.

    They print no standard errors: these are ours of that fit, from the observed information.
    """
    (fit,) = [outcome for outcome in outcomes if outcome.model == "bg_nbd"]
    published = {
        "r": (0.2426, 0.0126),
        "alpha": (4.4135, 0.3782),
        "a": (0.7929, 0.1857),
        "b": (2.4258, 0.7053),
    }
    for name, (value, error) in published.items():
        assert abs(fit.parameters[name] - value) < 3 * error, name


def test_purchases_of_each_customer(customers: pd.DataFrame) -> None:
    assert customers["bought"].sum() == 19_684
    assert np.corrcoef(customers["expected"], customers["bought"])[0, 1] > 0.66
    assert 0.75 < customers["expected"].sum() / customers["bought"].sum() < 1


def test_who_stays_away(customers: pd.DataFrame) -> None:
    stayed_away = customers["stayed_away"].to_numpy(dtype=float)
    found = measure(customers["none"].to_numpy(), stayed_away, is_probability=True)
    recency = measure(customers["days_since"].to_numpy(float), stayed_away, is_probability=False)
    assert found.auc is not None
    assert recency.auc is not None
    assert found.auc > max(0.76, recency.auc)
    assert found.brier_score is not None
    assert found.brier_score < stayed_away.var(), "better than one probability for everybody"
    for part in found.deciles:
        assert part.mean_observed == pytest.approx(part.mean_predicted, abs=0.08)


def test_what_they_spend(customers: pd.DataFrame) -> None:
    predicted = (customers["expected"] * customers["amount"]).to_numpy()
    found = measure(predicted, customers["spent"].to_numpy(), is_probability=False)
    assert found.lift_top_decile is not None
    assert found.lift_top_decile > 5, "a tenth of the customers bring half of the money"
    assert 0.7 < predicted.sum() / customers["spent"].sum() < 1
