"""BG/NBD and MBG/NBD: gradients, stability, and against worlds where the truth is known."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln

from customer360.lifetime.histories import Floats, PurchaseHistories
from customer360.lifetime.likelihood import MANY_HISTORIES, Refusal
from customer360.lifetime.purchasing import (
    BG_NBD,
    MBG_NBD,
    PurchaseLikelihood,
    PurchaseModel,
    fit_purchases,
)
from customer360.lifetime.quadrature import NODES, dropout_rule
from customer360.lifetime.value import WEEKS_PER_MONTH, discounted_if_alive
from tests.unit.lifetime.simulation import World, simulate

MODELS = [BG_NBD, MBG_NBD]
THREE_YEARS = 156.5


@pytest.mark.parametrize("first_counts", [0, 1])
def test_gradient_is_that_of_the_likelihood(
    histories: PurchaseHistories, first_counts: int
) -> None:
    likelihood = PurchaseLikelihood(histories, first_counts=first_counts)
    place = np.array([0.3, 4.0, 0.9, 2.0])
    steps = np.eye(4) * 1e-6
    slopes = [(likelihood(place + s)[0] - likelihood(place - s)[0]) / 2e-6 for s in steps]
    np.testing.assert_allclose(likelihood(place)[1], slopes, rtol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_likelihood_against_equation_6_as_printed(name: str) -> None:
    """The plain formula, for one small customer each, without logarithms."""
    r, alpha, a, b = 0.5, 6.0, 0.8, 2.0
    for x, recency, age in ((0, 0.0, 10.0), (1, 3.0, 10.0), (4, 9.0, 12.0)):
        k = x + (name == MBG_NBD)
        rate = np.prod([r + i for i in range(x)]) * alpha**r
        stays = np.exp(betaln(a, b + k) - betaln(a, b)) * rate / (alpha + age) ** (r + x)
        leaves = np.exp(betaln(a + 1, b + k - 1) - betaln(a, b)) * rate if k else 0.0
        plain = stays + leaves / (alpha + recency) ** (r + x)
        one = PurchaseHistories.counted([x], [recency], [age], [1])
        value, _ = PurchaseLikelihood(one, first_counts=k - x)(np.array([r, alpha, a, b]))
        assert value == pytest.approx(np.log(plain), rel=1e-12)


def expected_by_brute_force(model: PurchaseModel, x: int, age: float, weeks: float) -> float:
    """Integrate the mean number of purchases over the density of p, in log p."""
    b = model.b + x + model.first_counts

    def density(log_p: float) -> float:
        p = np.exp(log_p)
        mean = -np.expm1(-(model.r + x) * np.log1p(p * weeks / (model.alpha + age))) / p
        return float(mean * np.exp(model.a * log_p + (b - 1) * np.log1p(-p) - betaln(model.a, b)))

    return quad(density, -45 / model.a, 0, epsabs=0, epsrel=1e-11, limit=500)[0]


@pytest.mark.parametrize("a", [0.2, 0.7929, 1.0, 1.00001, 3.0])
@pytest.mark.parametrize("name", MODELS)
def test_closed_form_integral_and_brute_force_agree(name: str, a: float) -> None:
    model = PurchaseModel(0.2426, 4.4135, a, 2.4258, name)
    for x, age in ((0, 0.5), (1, 4.0), (5, 20.0), (40, 100.0)):
        brute = expected_by_brute_force(model, x, age, THREE_YEARS)
        assert float(model.expected_if_alive(x, age, THREE_YEARS)) == pytest.approx(brute, rel=1e-9)
        integrated = float(model.integrated_if_alive(x, age, THREE_YEARS))
        assert integrated == pytest.approx(brute, rel=1e-9)


def test_small_dropout_parameters_take_the_integral() -> None:
    model = PurchaseModel(0.5, 5.0, 0.3, 0.4)
    brute = expected_by_brute_force(model, 0, 10.0, 52.0)
    assert float(model.expected_if_alive(0, 10.0, 52.0)) == pytest.approx(brute, rel=1e-9)


@pytest.mark.parametrize(("x", "age"), [(0, 0.0), (0, 1.0), (3, 1.0), (20, 26.0), (200, 100.0)])
def test_nodes_of_the_marts_are_enough(x: int, age: float) -> None:
    model = PurchaseModel(0.2426, 4.4135, 0.7929, 2.4258)
    rule = dropout_rule(model.a, model.b + x, NODES)
    ratio = THREE_YEARS / (model.alpha + age) * rule.probabilities
    found = -np.expm1(-(model.r + x) * np.log1p(ratio)) / rule.probabilities @ rule.weights
    exact = expected_by_brute_force(model, x, age, THREE_YEARS)
    # Three years ahead of a customer of days: the worst there is.
    assert found == pytest.approx(exact, rel=2e-3 if age < 4 else 1e-4)


@pytest.mark.parametrize("repeats", [1_000, 20_000])
def test_nothing_overflows_for_thousands_of_purchases(repeats: int) -> None:
    model = PurchaseModel(0.2426, 4.4135, 0.7929, 2.4258)
    age = repeats / 7.0
    assert 0.99 < float(model.probability_alive(repeats, age - 0.1, age)) <= 1
    assert float(model.probability_alive(repeats, age / 2, age)) < 1e-100
    expected = float(model.expected_if_alive(repeats, age, 52.0))
    assert 0.8 * 52 * 7 < expected < 52 * 7
    integrated = float(model.integrated_if_alive(repeats, age, 52.0))
    assert expected == pytest.approx(integrated, rel=1e-9)
    one = PurchaseHistories.counted([repeats], [age], [age], [1])
    value, gradient = PurchaseLikelihood(one)(np.array([0.2426, 4.4135, 0.7929, 2.4258]))
    assert np.isfinite([value, *gradient]).all()


def test_alive_by_definition_right_after_a_purchase_without_dropout() -> None:
    plain, modified = (PurchaseModel(0.5, 5.0, 1.0, 3.0, name) for name in MODELS)
    assert float(plain.probability_alive(0, 0, 50)) == 1
    assert float(modified.probability_alive(0, 0, 0)) == pytest.approx(3 / 4)
    assert float(plain.probability_alive(1, 20, 20)) == pytest.approx(3 / 4)


def test_none_in_no_time_and_purchases_add_up() -> None:
    model = PurchaseModel(0.5, 5.0, 0.9, 3.0)
    assert float(model.probability_of_none(3, 10, 12, 0)) == pytest.approx(1)
    assert float(model.expected_purchases(3, 10, 12, 0)) == 0
    undiscounted = discounted_if_alive(model, 3, 12.0, 12, 0.0)
    whole = model.expected_if_alive(3, 12, 12 * WEEKS_PER_MONTH)
    assert float(undiscounted) == pytest.approx(float(whole))
    assert discounted_if_alive(model, 3, 12.0, 12, 0.1) < undiscounted


@pytest.fixture(scope="module", params=MODELS)
def world(request: pytest.FixtureRequest) -> World:
    truth = PurchaseModel(0.6, 6.0, 0.9, 4.0, request.param)
    return simulate(truth, customers=60_000, seed=11)


@pytest.fixture(scope="module")
def recovered(world: World) -> tuple[PurchaseModel, Floats, PurchaseHistories]:
    histories = PurchaseHistories.of_customers(world.repeats, world.recency, world.age)
    model, estimate = fit_purchases(histories, world.truth.name)
    return model, estimate.standard_errors, histories


def test_fit_recovers_the_truth_within_its_standard_errors(
    world: World, recovered: tuple[PurchaseModel, Floats, PurchaseHistories]
) -> None:
    model, errors, _ = recovered
    found = np.array([model.r, model.alpha, model.a, model.b])
    truth = np.array([world.truth.r, world.truth.alpha, world.truth.a, world.truth.b])
    assert (np.abs(found - truth) < 3.5 * errors).all()
    assert (errors < 0.2 * truth).all()


def test_a_large_fit_looks_at_all_customers_a_few_times(
    world: World,
    recovered: tuple[PurchaseModel, Floats, PurchaseHistories],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It begins with a part, ends where the long search ends, and takes a fraction of its work."""
    model, errors, histories = recovered
    assert len(histories.repeats) > MANY_HISTORIES
    looks: list[int] = []
    evaluate = PurchaseLikelihood.__call__

    def counted(likelihood: PurchaseLikelihood, parameters: Floats) -> tuple[float, Floats]:
        looks.append(likelihood.size)
        return evaluate(likelihood, parameters)

    monkeypatch.setattr(PurchaseLikelihood, "__call__", counted)
    short, _ = fit_purchases(histories, world.truth.name)
    assert looks.count(len(histories.repeats)) <= 16
    looks.clear()
    monkeypatch.setattr("customer360.lifetime.purchasing.MANY_HISTORIES", len(histories.repeats))
    long, estimate = fit_purchases(histories, world.truth.name)
    assert looks.count(len(histories.repeats)) > 50
    found, sought = ((one.r, one.alpha, one.a, one.b) for one in (short, long))
    assert found == (model.r, model.alpha, model.a, model.b)
    np.testing.assert_allclose(found, sought, rtol=2e-5)
    np.testing.assert_allclose(errors, estimate.standard_errors, rtol=1e-4)


def test_likelihood_tells_the_two_models_apart(
    world: World, recovered: tuple[PurchaseModel, Floats, PurchaseHistories]
) -> None:
    *_, histories = recovered
    other = MBG_NBD if world.truth.name == BG_NBD else BG_NBD
    likelihoods = {name: fit_purchases(histories, name)[1].log_likelihood for name in MODELS}
    assert likelihoods[world.truth.name] > likelihoods[other]


def test_probability_alive_and_forecasts_are_calibrated(
    world: World, recovered: tuple[PurchaseModel, Floats, PurchaseHistories]
) -> None:
    model, *_ = recovered
    history = (world.repeats, world.recency, world.age)
    alive = model.probability_alive(*history)
    for low in np.arange(0, 1, 0.2):
        band = (alive >= low) & (alive < low + 0.2)
        if band.sum() > 500:
            assert world.is_alive[band].mean() == pytest.approx(alive[band].mean(), abs=0.03)
    expected = model.expected_purchases(*history, world.later_weeks).sum()
    assert world.later_purchases.sum() == pytest.approx(expected, rel=0.03)
    none = model.probability_of_none(*history, world.later_weeks).mean()
    assert (world.later_purchases == 0).mean() == pytest.approx(none, abs=0.01)


def test_too_few_repeaters_are_refused() -> None:
    histories = PurchaseHistories.counted([0, 1], [0, 5.0], [10, 10], [1_000, 99])
    with pytest.raises(Refusal, match="only 99 customers came back, 100 are needed"):
        fit_purchases(histories)


@pytest.mark.parametrize("name", MODELS)
def test_customers_who_are_all_alike_are_refused(name: str) -> None:
    histories = PurchaseHistories.counted([4], [40.0], [50.0], [1_000])
    with pytest.raises(Refusal):
        fit_purchases(histories, name)


def test_histories_that_contradict_themselves_are_errors() -> None:
    with pytest.raises(ValueError, match="2 purchase histories contradict themselves"):
        PurchaseHistories.of_customers([1, 0, 2], [5.0, 1.0, 3.0], [4.0, 9.0, 9.0])


def test_distinct_histories_are_counted() -> None:
    found = PurchaseHistories.of_customers([1, 0, 1], [5.0, 0.0, 5.0], [9.0, 9.0, 9.0])
    assert found.customers.tolist() == [1, 2]
    assert (found.customer_count, found.repeater_count) == (3, 2)
