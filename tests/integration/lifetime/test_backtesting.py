"""Backtests see nothing of the future, and see the past as the marts would have shown it."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.lifetime.backtesting.forecasts import Forecast, forecasts
from customer360.lifetime.backtesting.health import health_scores, read_rules
from customer360.lifetime.backtesting.panel import Panel, read_panel
from customer360.lifetime.configuration import LifetimeVariables, lifetime_variables
from tests.integration.lifetime.conftest import Generated

CUT_OFF = dt.date(2025, 9, 30)
HORIZON = 90
_KNOWN = (
    "is_modelled",
    "orders",
    "days_since_last_order",
    "gross_cents",
    "refunded_cents",
    "repeats",
    "recency_days",
    "age_days",
    "history_cents",
    "repeat_cents",
)
# On the day after the cut-off everybody spends a fortune and sends as much back.
_PLANTS = (
    """
    insert into intermediate.int_transactions_judged
        (transaction_key, customer_id, transaction_date, amount, quantity)
    select 'plant' || row_number() over (), customer_id, date '2025-10-01', 100000, 1
    from (select distinct customer_id from intermediate.int_customer_lifetime_summarised) as c
    """,
    """
    insert into intermediate.int_returns_unioned (return_key, customer_id, return_date, amount)
    select 'plant' || row_number() over (), customer_id, date '2025-10-01', 100000
    from intermediate.int_customer_lifetime_summarised
    """,
)


@pytest.fixture
def cursor(fitted: Generated) -> Iterator[Cursor]:
    """A cursor whose changes are undone."""
    with connect(fitted.warehouse.settings) as connection, connection.cursor() as cursor:
        yield cursor
        connection.rollback()


@pytest.fixture(scope="module")
def variables(fitted: Generated) -> LifetimeVariables:
    return lifetime_variables(fitted.warehouse.settings)


def panel_of(cursor: Cursor, cut_off: dt.date) -> Panel:
    """Return the panel without vehicles and their service."""
    return read_panel(cursor, cut_off, HORIZON, ["vehicle", "service"])


def predictions(
    cursor: Cursor, cut_off: dt.date, variables: LifetimeVariables
) -> dict[tuple[str, str], Forecast]:
    """Return every forecast at the cut-off."""
    earlier = panel_of(cursor, cut_off - dt.timedelta(days=HORIZON))
    made = forecasts(panel_of(cursor, cut_off), earlier, read_rules(cursor), variables)
    return {(forecast.target, forecast.model): forecast for forecast in made}


def test_a_planted_future_is_not_seen(cursor: Cursor, variables: LifetimeVariables) -> None:
    before, outcome_before = predictions(cursor, CUT_OFF, variables), panel_of(cursor, CUT_OFF)
    for plant in _PLANTS:
        cursor.execute(plant)
        assert cursor.rowcount > 500
    after, outcome_after = predictions(cursor, CUT_OFF, variables), panel_of(cursor, CUT_OFF)
    assert outcome_after.spent.sum() > outcome_before.spent.sum() + 1e6, "the plant came to nothing"
    for name in _KNOWN:
        assert (getattr(outcome_before, name) == getattr(outcome_after, name)).all(), name
    assert before.keys() == after.keys()
    assert len(before) == 8
    for key, forecast in before.items():
        np.testing.assert_array_equal(forecast.predicted, after[key].predicted, err_msg=str(key))


def test_a_signal_planted_before_the_cut_off_is_seen(cursor: Cursor) -> None:
    """So that the test above can fail."""
    before = panel_of(cursor, CUT_OFF)
    for plant in _PLANTS:
        cursor.execute(plant.replace("2025-10-01", f"{CUT_OFF}"))
    after = panel_of(cursor, CUT_OFF)
    assert after.customers > before.customers
    assert after.gross_cents.sum() > before.gross_cents.sum() + 1e6
    assert after.refunded_cents.sum() > before.refunded_cents.sum() + 1e6


def test_health_at_the_as_of_date_is_that_of_the_mart(cursor: Cursor) -> None:
    cursor.execute("select as_of_date from intermediate.int_as_of_date_resolved")
    ((as_of_date,),) = cursor.fetchall()
    panel = panel_of(cursor, as_of_date)
    scores = health_scores(panel, read_rules(cursor))
    cursor.execute("select health_score from warehouse_next.customer_health order by customer_id")
    assert scores.tolist() == [float(score) for (score,) in cursor.fetchall()]


def test_panel_at_the_as_of_date_is_the_summary_of_the_marts(cursor: Cursor) -> None:
    cursor.execute("select as_of_date from intermediate.int_as_of_date_resolved")
    ((as_of_date,),) = cursor.fetchall()
    panel = panel_of(cursor, as_of_date)
    cursor.execute(
        "select is_modelled, repeat_purchase_days, days_first_to_last_purchase,"
        " days_since_first_purchase, (100 * gross_spend)::bigint, (100 * repeat_spend)::bigint"
        " from intermediate.int_customer_lifetime_summarised order by customer_id"
    )
    columns = (
        "is_modelled",
        "repeats",
        "recency_days",
        "age_days",
        "history_cents",
        "repeat_cents",
    )
    rows = zip(*(getattr(panel, column).tolist() for column in columns), strict=True)
    assert list(rows) == cursor.fetchall()
    assert not panel.has_bought.any()
    assert not panel.is_modelled.all(), "somebody bought a vehicle and nothing else"


def test_vehicles_and_service_are_orders_and_no_purchases(cursor: Cursor) -> None:
    """Health counts them; the lifetime models, and what followed, do not."""
    before = panel_of(cursor, CUT_OFF)
    for days, channel in ((-3, "vehicle"), (3, "service")):
        cursor.execute(
            "insert into intermediate.int_transactions_judged"
            " (transaction_key, customer_id, transaction_date, amount, quantity, channel)"
            " select 'plant' || %s || row_number() over (),"
            " customer_id, %s::date + %s, 30000, 1, %s"
            " from intermediate.int_customer_lifetime_summarised"
            " where is_modelled and first_purchase_date <= %s",
            [channel, CUT_OFF, days, channel, CUT_OFF],
        )
        assert cursor.rowcount > 500
    after = panel_of(cursor, CUT_OFF)
    known = before.is_modelled
    assert (after.orders[known] == before.orders[known] + 1).all()
    assert (after.days_since_last_order[known] <= 3).all()
    for name in ("is_modelled", *_KNOWN[5:], "has_bought", "spent"):
        assert (getattr(after, name) == getattr(before, name)).all(), name


def test_a_refused_fit_leaves_the_naive_estimate(
    cursor: Cursor, variables: LifetimeVariables
) -> None:
    """Everybody spends the same in the past, so that Gamma-Gamma has no optimum."""
    cursor.execute("update intermediate.int_transactions_judged set amount = 20")
    found = predictions(cursor, CUT_OFF, variables)
    churn, value = found["churn", "lifetime"], found["value", "lifetime"]
    assert churn.forecast_method in {"bg_nbd", "mbg_nbd"}
    assert churn.refusal_reason is None
    assert (value.forecast_method, value.amount_method) == (churn.forecast_method, "naive")
    assert value.refusal_reason
    assert value.predicted.sum() > 0


def test_without_repeaters_everything_is_naive(
    cursor: Cursor, variables: LifetimeVariables
) -> None:
    cursor.execute(
        "delete from intermediate.int_transactions_judged as later"
        " using intermediate.int_customer_lifetime_summarised as customers"
        " where later.customer_id = customers.customer_id"
        " and later.transaction_date > customers.first_purchase_date"
    )
    panel, found = panel_of(cursor, CUT_OFF), predictions(cursor, CUT_OFF, variables)
    known = panel.modelled
    churn, value = found["churn", "lifetime"], found["value", "lifetime"]
    assert churn.forecast_method == value.forecast_method == value.amount_method == "naive"
    assert "only 0 customers came back" in (churn.refusal_reason or "")
    assert (churn.predicted == (known.days_since_last_order >= 365)).all()
    yearly = known.history_cents / 100 / np.maximum(known.age_days, 365)
    np.testing.assert_allclose(value.predicted, HORIZON * yearly)


def test_outcomes_begin_after_the_cut_off_and_end_with_the_horizon(cursor: Cursor) -> None:
    panel = panel_of(cursor, CUT_OFF)
    cursor.execute(
        "select count(distinct customer_id), sum(amount) from intermediate.int_transactions_judged"
        " where exclusion_reason is null"
        " and channel not in ('vehicle', 'service')"
        " and transaction_date between '2025-10-01' and '2025-12-29'"
        " and customer_id in (select customer_id from intermediate.int_transactions_judged"
        " where exclusion_reason is null and transaction_date <= '2025-09-30'"
        " and channel not in ('vehicle', 'service'))"
    )
    ((buyers, amount),) = cursor.fetchall()
    assert panel.modelled.has_bought.sum() == buyers
    assert panel.modelled.spent.sum() == pytest.approx(float(amount))
