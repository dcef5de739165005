"""Purchase histories out of the intermediate layer."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.lifetime.histories import DAYS_PER_WEEK, PurchaseHistories, SpendHistories

_WINDOW = """
    select as_of.as_of_date, min(first_purchase_date), max(last_purchase_date), count(customer_id)
    from intermediate.int_as_of_date_resolved as as_of
    left join intermediate.int_customer_lifetime_summarised as customers
        on as_of.as_of_date = customers.as_of_date
    group by as_of.as_of_date
"""
_PURCHASES = """
    select
        repeat_purchase_days,
        days_first_to_last_purchase,
        days_since_first_purchase,
        count(*)
    from intermediate.int_customer_lifetime_summarised
    where is_modelled
    group by 1, 2, 3
    order by 1, 2, 3
"""
_SPEND = """
    select repeat_purchase_days, repeat_spend::float8, count(*)
    from intermediate.int_customer_lifetime_summarised
    where is_modelled and repeat_purchase_days > 0 and repeat_spend > 0
    group by 1, 2
    order by 1, 2
"""


class NothingToFit(Exception):  # noqa: N818 - the name says what happened
    """The intermediate layer holds no business day: it was never built, or over no data."""


@dataclass(frozen=True)
class DataWindow:
    """What a fit may know: purchases from the first to the last day, none after `as_of_date`."""

    as_of_date: dt.date
    first_purchase_date: dt.date | None
    last_purchase_date: dt.date | None
    customers: int


def read_window(cursor: Cursor) -> DataWindow:
    """Read the business day and the days of purchases.

    Raises:
        NothingToFit: if there is no business day.
    """
    cursor.execute("select to_regclass('intermediate.int_customer_lifetime_summarised')")
    if cursor.fetchone() == (None,):
        raise NothingToFit("Nothing to fit yet: run `customer360 build` first.")
    cursor.execute(_WINDOW)
    row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NothingToFit("Nothing to fit: the warehouse holds no business date.")
    return DataWindow(*row)


def read_purchases(cursor: Cursor) -> PurchaseHistories:
    """Read each distinct (x, t_x, T) with its number of customers; the server counts them."""
    cursor.execute(_PURCHASES)
    rows = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 4)
    weeks = rows[:, 1:3] / DAYS_PER_WEEK
    return PurchaseHistories.counted(rows[:, 0], weeks[:, 0], weeks[:, 1], rows[:, 3])


def read_spend(cursor: Cursor) -> SpendHistories:
    """Read each distinct pair of repeat purchases and what they came to."""
    cursor.execute(_SPEND)
    rows = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 3)
    repeats = rows[:, 0].astype(np.int64)
    return SpendHistories(repeats, rows[:, 1] / rows[:, 0], rows[:, 2].astype(np.int64))
