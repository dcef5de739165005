"""Measures of forecasts on cases that can be worked out by hand, and curves on known odds."""

import numpy as np
import pytest
from scipy.special import log_expit

from customer360.lifetime.backtesting.curves import fit_line, fit_logistic
from customer360.lifetime.backtesting.health import quintile_scores, rfm_scores
from customer360.lifetime.backtesting.measures import (
    Decile,
    area_under_curve,
    by_decile,
    calibration_p_value,
    lift_of_top,
    measure,
)
from customer360.lifetime.likelihood import Refusal


def test_area_counts_pairs_and_halves_ties() -> None:
    predicted = np.array([0.9, 0.5, 0.5, 0.1])
    events = np.array([True, True, False, False])
    # (0.9, 0.5) and (0.9, 0.1) and (0.5, 0.1) are in order, (0.5, 0.5) is a tie: 3.5 of 4.
    assert area_under_curve(predicted, events) == pytest.approx(3.5 / 4)
    assert area_under_curve(-predicted, events) == pytest.approx(0.5 / 4)
    assert area_under_curve(predicted, np.ones(4, dtype=bool)) is None


def test_lift_of_a_perfect_and_a_blind_forecast() -> None:
    observed = np.array([1.0] * 20 + [0.0] * 80)
    assert lift_of_top(observed, observed) == pytest.approx(5)
    assert lift_of_top(np.zeros(100), observed) == pytest.approx(1)
    assert lift_of_top(observed, np.zeros(100)) is None


def test_lift_does_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(1)
    predicted, observed = rng.integers(0, 4, 200).astype(float), rng.random(200)
    order = rng.permutation(200)
    assert lift_of_top(predicted, observed) == pytest.approx(
        lift_of_top(predicted[order], observed[order])
    )


def test_measures_of_probabilities_and_of_amounts() -> None:
    predicted, observed = np.array([0.5, 1.0, 0.0, 0.5]), np.array([1.0, 1.0, 0.0, 0.0])
    found = measure(predicted, observed, is_probability=True)
    assert found.brier_score == pytest.approx((0.25 + 0 + 0 + 0.25) / 4)
    assert found.mean_absolute_error == pytest.approx(0.25)
    assert (found.event_share, found.mean_predicted, found.mean_observed) == (0.5, 0.5, 0.5)
    assert measure(predicted, observed, is_probability=False).brier_score is None


def test_deciles_keep_equal_predictions_together_and_lose_nobody() -> None:
    predicted = np.repeat([1.0, 2.0], [15, 5])
    found = measure(predicted, predicted, is_probability=False).deciles
    assert [(part.decile, part.customers) for part in found] == [(1, 15), (8, 5)]
    assert [part.mean_observed for part in found] == [1, 2]


def test_calibration_by_hand() -> None:
    """60 of 100 where 50 are expected: 10 squared over 25 is 4, which chance reaches in 4.55 %."""
    one = [Decile(1, 100, 0.5, 0.6)]
    assert calibration_p_value(one) == pytest.approx(0.0455, abs=5e-5)
    assert calibration_p_value([Decile(1, 100, 0.5, 0.5)]) == 1
    assert calibration_p_value([Decile(1, 100, 0.0, 0.01)]) == 0
    assert calibration_p_value([Decile(1, 100, 0.0, 0.0)]) == 1


def test_calibration_finds_fault_with_right_probabilities_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    right, wrong = [], []
    for _ in range(400):
        chances = rng.uniform(0.05, 0.95, 1_000)
        events = (rng.random(1_000) < chances).astype(float)
        right.append(calibration_p_value(by_decile(chances, events)))
        wrong.append(calibration_p_value(by_decile(chances**1.2, events)))
    assert (np.array(right) < 0.1).mean() == pytest.approx(0.1, abs=0.04)
    assert (np.array(wrong) < 0.1).mean() > 0.8


def test_logistic_curve_recovers_the_odds() -> None:
    rng = np.random.default_rng(3)
    scores = rng.uniform(0, 100, 50_000)
    events = rng.random(50_000) < 1 / (1 + np.exp(-(2.0 - 0.05 * scores)))
    curve = fit_logistic(scores, events)
    assert abs(curve.intercept - 2.0) < 3.5 * curve.intercept_error
    assert abs(curve.slope + 0.05) < 3.5 * curve.slope_error
    assert curve.probability(scores).mean() == pytest.approx(events.mean(), abs=1e-3)


def test_logistic_curve_stays_finite_where_scores_part_the_events() -> None:
    scores = np.arange(100.0)
    curve = fit_logistic(scores, scores >= 50)
    assert np.isfinite([curve.intercept, curve.slope, curve.slope_error]).all()
    assert curve.probability(0) < 0.1
    assert curve.probability(99) > 0.9


@pytest.mark.parametrize("seed", [*range(10), 3606, 4019])
def test_logistic_curve_comes_through_wild_scores(seed: int) -> None:
    """Newton's full step can leap so far that every chance is 0 or 1 and nothing can be solved.

    The last seeds are such ones. The maximum is where no small change of intercept or slope
    is better.
    """
    rng = np.random.default_rng(seed)
    scores = rng.standard_cauchy(300) ** 3
    events = scores > np.quantile(scores, 0.1 + 0.8 * rng.random())
    curve = fit_logistic(scores, events)
    targets = np.where(events, (events.sum() + 1) / (events.sum() + 2), 1 / ((~events).sum() + 2))

    def likelihood(intercept: float, slope: float) -> float:
        line = intercept + slope * scores
        return float(targets @ log_expit(line) + (1 - targets) @ log_expit(-line))

    best = likelihood(curve.intercept, curve.slope)
    for change in (-0.01, 0.01):
        assert likelihood(curve.intercept + change, curve.slope) < best
        assert likelihood(curve.intercept, curve.slope * (1 + change)) < best


def test_logistic_curve_refuses_scores_that_no_number_can_scale() -> None:
    with pytest.raises(Refusal, match="too far apart"):
        fit_logistic([0.0, 1.0, 1e308, -1e308], np.array([True, False, True, False]))


@pytest.mark.parametrize(
    ("scores", "events", "reason"),
    [
        ([1.0, 2.0], [True, True], "same outcome"),
        ([1.0, 2.0], [False, False], "same outcome"),
        ([1.0, 1.0], [True, False], "same score"),
    ],
)
def test_curves_refuse_what_teaches_nothing(
    scores: list[float], events: list[bool], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        fit_logistic(scores, np.array(events))


def test_line_never_goes_below_nothing() -> None:
    line = fit_line([0.0, 1.0, 2.0], np.array([10.0, 5.0, 0.0]))
    assert line.amount([0, 1, 3]).tolist() == pytest.approx([10, 5, 0])
    with pytest.raises(Refusal, match="same score"):
        fit_line([1.0, 1.0], np.array([1.0, 2.0]))


def test_quintiles_score_ties_alike() -> None:
    assert quintile_scores(np.array([1, 2, 3, 4, 5])).tolist() == [1, 2, 3, 4, 5]
    assert quintile_scores(np.array([1, 1, 1, 1, 9])).tolist() == [1, 1, 1, 1, 5]


def test_thresholds_are_reached_exactly() -> None:
    orders = np.array([1, 2, 3, 9, 10])
    assert rfm_scores(orders, np.array([2.0, 3, 5, 10])).tolist() == [1, 2, 3, 4, 5]
    days = np.array([366, 365, 180, 31, 30])
    assert rfm_scores(-days, -np.array([365.0, 180, 90, 30])).tolist() == [1, 2, 3, 4, 5]
    assert rfm_scores(orders, None).tolist() == quintile_scores(orders).tolist()
