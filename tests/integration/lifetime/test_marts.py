"""The marts' SQL against the models' Python, with a fit and without; and against the truth."""

import numpy as np
import pandas as pd
import pytest

from customer360.lifetime.configuration import lifetime_variables
from customer360.lifetime.purchasing import PurchaseModel
from customer360.lifetime.spending import SpendModel
from customer360.lifetime.truth import compare_with_truth
from customer360.lifetime.value import WEEKS_PER_MONTH, discounted_if_alive
from tests.integration.lifetime.conftest import Generated
from tests.integration.marts.warehouse import Warehouse

_FORECASTS = """
    select forecasts.*, history.repeat_purchase_days, history.days_first_to_last_purchase,
        history.days_since_first_purchase, history.repeat_spend
    from warehouse_next.customer_purchase_forecasts as forecasts
    inner join intermediate.int_customer_lifetime_summarised as history
        on forecasts.customer_id = history.customer_id
    where history.is_modelled
"""
_PARAMETERS = """
    select fits.model, parameters.parameter, parameters.value
    from ops.lifetime_fits as fits
    inner join ops.lifetime_parameters as parameters on fits.fit_id = parameters.fit_id
    where fits.is_chosen
"""


@pytest.fixture(scope="module")
def forecasts(fitted: Generated) -> pd.DataFrame:
    return fitted.warehouse.frame(_FORECASTS)


@pytest.fixture(scope="module")
def parameters(fitted: Generated) -> dict[str, dict[str, float]]:
    rows = fitted.warehouse.frame(_PARAMETERS)
    return {
        str(model): dict(zip(own["parameter"], own["value"], strict=True))
        for model, own in rows.groupby("model")
    }


@pytest.fixture(scope="module")
def model(forecasts: pd.DataFrame, parameters: dict[str, dict[str, float]]) -> PurchaseModel:
    (name,) = set(forecasts["forecast_method"])
    assert name in {"bg_nbd", "mbg_nbd"}
    return PurchaseModel(**parameters[name], name=name)


def history(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x and T in weeks."""
    return (
        frame["repeat_purchase_days"].to_numpy(dtype=float),
        frame["days_first_to_last_purchase"].to_numpy(dtype=float) / 7,
        frame["days_since_first_purchase"].to_numpy(dtype=float) / 7,
    )


def test_without_a_fit_every_estimate_is_naive(naive: Warehouse) -> None:
    found = naive.frame("select * from ops.naive_clv")
    assert len(found) > 500
    assert set(found["forecast_method"]) == set(found["amount_method"]) == {"naive"}
    assert found["probability_alive"].isna().all()
    assert found["predicted_clv_36_months"].notna().all()


def test_probabilities_are_those_of_the_model(
    fitted: Generated, forecasts: pd.DataFrame, model: PurchaseModel
) -> None:
    weeks = lifetime_variables(fitted.warehouse.settings).churn_horizon_days / 7
    x, recency, age = history(forecasts)
    np.testing.assert_allclose(
        forecasts["probability_alive"].astype(float),
        model.probability_alive(x, recency, age),
        atol=5.1e-7,
    )
    np.testing.assert_allclose(
        forecasts["probability_of_no_purchase"].astype(float),
        model.probability_of_none(x, recency, age, weeks),
        atol=5.1e-7,
    )


@pytest.mark.parametrize("months", [12, 36])
def test_expected_purchases_and_value_are_those_of_the_model(
    forecasts: pd.DataFrame,
    model: PurchaseModel,
    parameters: dict[str, dict[str, float]],
    fitted: Generated,
    months: int,
) -> None:
    x, recency, age = history(forecasts)
    expected = model.expected_purchases(x, recency, age, months * WEEKS_PER_MONTH)
    found = forecasts[f"expected_purchases_{months}_months"].astype(float)
    np.testing.assert_allclose(found, expected, rtol=3e-3, atol=6e-5)
    assert found.sum() == pytest.approx(expected.sum(), rel=1e-4)

    spend = SpendModel(**parameters["gamma_gamma"])
    rate = lifetime_variables(fitted.warehouse.settings).clv_yearly_discount_rate
    mean = forecasts["repeat_spend"].astype(float) / np.maximum(x, 1)
    value = (
        model.probability_alive(x, recency, age)
        * discounted_if_alive(model, x, age, months, rate)
        * spend.expected_amount(x, mean)
    )
    found = forecasts[f"predicted_value_{months}_months"].astype(float)
    np.testing.assert_allclose(found, value, rtol=3e-3, atol=0.02)
    assert found.sum() == pytest.approx(value.sum(), rel=1e-4)


def test_health_has_a_calibrated_probability(fitted: Generated) -> None:
    churn = fitted.warehouse.frame(
        "select health_score::float8 as score, health_churn_probability::float8 as probability,"
        " is_modelled"
        " from warehouse_next.customer_health"
        " inner join intermediate.int_customer_lifetime_summarised using (customer_id)"
    )
    assert (churn["probability"].notna() == churn["is_modelled"]).all()
    known = churn[churn["is_modelled"]]
    assert known["probability"].between(0, 1).all()
    in_order = known.sort_values("score")["probability"].to_numpy()
    assert (np.diff(in_order) <= 0).all(), "a healthier customer is less likely to stay away"


@pytest.fixture(scope="module")
def told(fitted: Generated, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Customers of one whole person, as the truth has dropout by person; by pandas."""
    people = pd.read_csv(fitted.truth / "people.csv")
    records = pd.read_csv(fitted.truth / "records.csv", dtype=str)
    keys = fitted.warehouse.frame(
        "select customer_id, source_customer_key from identity.identity_customers"
    )
    records["source_customer_key"] = records["source"] + ":" + records["source_id"]
    joined = keys.merge(records, on="source_customer_key")
    person = joined.groupby("customer_id")["person_id"].agg(["nunique", "first"])
    split = joined.groupby("person_id")["customer_id"].nunique()
    whole = person[(person["nunique"] == 1) & person["first"].map(split).eq(1)]["first"]
    is_alive = people.set_index("person_id")["dropped_out_at"].isna()
    known = forecasts.set_index("customer_id").join(whole.rename("person"), how="inner")
    return known.assign(
        is_alive=known["person"].map(is_alive), alive=known["probability_alive"].astype(float)
    )


def test_probability_alive_against_the_true_dropout(
    fitted: Generated, told: pd.DataFrame, forecasts: pd.DataFrame
) -> None:
    found = compare_with_truth(fitted.warehouse.settings, fitted.truth)
    assert found.alive.customers == len(told) > 400
    assert found.left_out == len(forecasts) - len(told)
    assert found.alive.mean_observed == pytest.approx(told["is_alive"].mean())
    assert found.alive.mean_predicted == pytest.approx(told["alive"].mean())
    assert found.alive.brier_score == pytest.approx(
        ((told["alive"] - told["is_alive"]) ** 2).mean()
    )
    gone, here = told["alive"][~told["is_alive"]], told["alive"][told["is_alive"]]
    pairs = np.sign(here.to_numpy()[:, None] - gone.to_numpy()[None, :])
    assert found.alive.auc == pytest.approx((pairs.mean() + 1) / 2)


def test_probability_alive_is_near_the_truth(fitted: Generated, told: pd.DataFrame) -> None:
    """The bands of a fifth lie within a tenth, and recency alone ranks worse."""
    found = compare_with_truth(fitted.warehouse.settings, fitted.truth)
    assert found.alive.auc is not None
    assert found.recency_auc is not None
    assert found.alive.auc > max(0.85, found.recency_auc)
    assert found.alive.mean_predicted == pytest.approx(found.alive.mean_observed, abs=0.05)
    for low in np.arange(0, 1, 0.2):
        band = told[(told["alive"] >= low) & (told["alive"] < low + 0.2)]
        if len(band) >= 100:
            assert band["is_alive"].mean() == pytest.approx(band["alive"].mean(), abs=0.1)


def test_truth_never_comes_into_the_database(fitted: Generated) -> None:
    compare_with_truth(fitted.warehouse.settings, fitted.truth)
    columns = fitted.warehouse.frame(
        "select table_schema, column_name from information_schema.columns"
        " where column_name in ('person_id', 'dropped_out_at', 'persona', 'mean_spend')"
        " and table_schema <> 'information_schema'"
    )
    assert columns.empty


def test_backtests_are_shown_with_their_baselines(fitted: Generated) -> None:
    found = fitted.warehouse.frame("select * from warehouse_next.model_backtests")
    assert found["cut_off_date"].nunique() == 3
    assert set(found["model"][found["is_baseline"]]) == {"recency_only", "frequency_only"}
    lifetime = found[found["model"] == "lifetime"]
    assert set(lifetime["target"]) == {"churn", "value"}
    assert (lifetime["auc"].astype(float) > 0.75).all()
    assert set(lifetime["forecast_method"]) <= {"bg_nbd", "mbg_nbd"}
    assert set(lifetime["amount_method"][lifetime["target"] == "value"]) == {"gamma_gamma"}
    assert lifetime["refusal_reason"].isna().all()
    calibration = fitted.warehouse.frame(
        "select sum(customers) as customers from warehouse_next.model_calibration"
    )
    assert int(calibration["customers"].iloc[0]) == sum(found["customers"])
