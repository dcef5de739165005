"""Backtests see nothing of the future, and see the past as the marts would have shown it."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.lifetime.backtesting.forecasts import Forecast, forecasts
from customer360.lifetime.backtesting.health import health_scores, read_rules
from customer360.lifetime.backtesting.panel import read_panel
from tests.integration.lifetime.conftest import Generated

CUT_OFF = dt.date(2025, 9, 30)
HORIZON = 90
_KNOWN = ("orders", "repeats", "recency_days", "age_days", "gross_cents", "repeat_cents")
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


def predictions(cursor: Cursor, cut_off: dt.date) -> dict[tuple[str, str], Forecast]:
    """Return every forecast at the cut-off."""
    earlier = read_panel(cursor, cut_off - dt.timedelta(days=HORIZON), HORIZON)
    panel = read_panel(cursor, cut_off, HORIZON)
    made = forecasts(panel, earlier, read_rules(cursor))
    return {(forecast.target, forecast.model): forecast for forecast in made}


def test_a_planted_future_is_not_seen(cursor: Cursor) -> None:
    before, outcome_before = predictions(cursor, CUT_OFF), read_panel(cursor, CUT_OFF, HORIZON)
    for plant in _PLANTS:
        cursor.execute(plant)
        assert cursor.rowcount > 500
    after, outcome_after = predictions(cursor, CUT_OFF), read_panel(cursor, CUT_OFF, HORIZON)
    assert outcome_after.spent.sum() > outcome_before.spent.sum() + 1e6, "the plant came to nothing"
    for name in _KNOWN:
        assert (getattr(outcome_before, name) == getattr(outcome_after, name)).all(), name
    assert (outcome_before.refunded_cents == outcome_after.refunded_cents).all()
    assert before.keys() == after.keys()
    assert len(before) == 8
    for key, forecast in before.items():
        np.testing.assert_array_equal(forecast.predicted, after[key].predicted, err_msg=str(key))


def test_a_signal_planted_before_the_cut_off_is_seen(cursor: Cursor) -> None:
    """So that the test above can fail."""
    before = read_panel(cursor, CUT_OFF, HORIZON)
    for plant in _PLANTS:
        cursor.execute(plant.replace("2025-10-01", f"{CUT_OFF}"))
    after = read_panel(cursor, CUT_OFF, HORIZON)
    assert after.customers > before.customers
    assert after.gross_cents.sum() > before.gross_cents.sum() + 1e6
    assert after.refunded_cents.sum() > before.refunded_cents.sum() + 1e6


def test_health_at_the_as_of_date_is_that_of_the_mart(cursor: Cursor) -> None:
    cursor.execute("select as_of_date from intermediate.int_as_of_date_resolved")
    ((as_of_date,),) = cursor.fetchall()
    panel = read_panel(cursor, as_of_date, HORIZON)
    scores = health_scores(panel, read_rules(cursor))
    cursor.execute("select health_score from warehouse_next.customer_health order by customer_id")
    assert scores.tolist() == [float(score) for (score,) in cursor.fetchall()]


def test_panel_at_the_as_of_date_is_the_summary_of_the_marts(cursor: Cursor) -> None:
    cursor.execute("select as_of_date from intermediate.int_as_of_date_resolved")
    ((as_of_date,),) = cursor.fetchall()
    panel = read_panel(cursor, as_of_date, HORIZON)
    cursor.execute(
        "select repeat_purchase_days, days_first_to_last_purchase,"
        " days_since_first_purchase, (100 * gross_spend)::bigint, (100 * repeat_spend)::bigint"
        " from intermediate.int_customer_lifetime_summarised order by customer_id"
    )
    columns = ("repeats", "recency_days", "age_days", "gross_cents", "repeat_cents")
    rows = zip(*(getattr(panel, column).tolist() for column in columns), strict=True)
    assert list(rows) == cursor.fetchall()
    assert not panel.has_bought.any()


def test_outcomes_begin_after_the_cut_off_and_end_with_the_horizon(cursor: Cursor) -> None:
    panel = read_panel(cursor, CUT_OFF, HORIZON)
    cursor.execute(
        "select count(distinct customer_id), sum(amount) from intermediate.int_transactions_judged"
        " where exclusion_reason is null"
        " and transaction_date between '2025-10-01' and '2025-12-29'"
        " and customer_id in (select customer_id from intermediate.int_transactions_judged"
        " where exclusion_reason is null and transaction_date <= '2025-09-30')"
    )
    ((buyers, amount),) = cursor.fetchall()
    assert panel.has_bought.sum() == buyers
    assert panel.spent.sum() == pytest.approx(float(amount))
