"""How near P(alive) comes to who has really left, where the generators left the truth.

The truth is read from its files and compared here: it never comes into the database, so no model
can come to rely on it. It knows people, the marts know customers; only customers who are all of one
person, and people who are all in one customer, can be told.
"""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.identity.evaluation import RECORDS_FILE, NoTruth, read_people
from customer360.lifetime.backtesting.measures import Measures, area_under_curve, measure
from customer360.settings import Settings

PEOPLE_FILE = "people.csv"
_FORECASTS = """
    select
        forecasts.customer_id,
        forecasts.as_of_date,
        forecasts.probability_alive::float8,
        histories.days_since_first_purchase - histories.days_first_to_last_purchase
    from warehouse_next.customer_purchase_forecasts as forecasts
    inner join intermediate.int_customer_lifetime_summarised as histories
        on forecasts.customer_id = histories.customer_id
    where forecasts.probability_alive is not null
    order by forecasts.customer_id
"""


class NothingToCompare(Exception):  # noqa: N818 - the name says what happened
    """The marts hold no probability, or of nobody whom the truth can tell."""


@dataclass(frozen=True)
class Known:
    """What the marts say of one customer."""

    customer_id: str
    as_of_date: dt.date
    probability_alive: float
    days_since_last_purchase: int


@dataclass(frozen=True)
class Comparison:
    """P(alive) against the truth, and recency alone against it; `left_out` cannot be told."""

    as_of_date: dt.date
    left_out: int
    alive: Measures
    recency_auc: float | None


def compare_with_truth(settings: Settings, truth: Path) -> Comparison:
    """Compare the marts of the last build with `truth`/people.csv and records.csv.

    Raises:
        NoTruth: if a file is missing or is none of the generators'.
        NothingToCompare: if there is no fit, or nobody to compare.
    """
    person_of_record = read_people(truth / RECORDS_FILE)
    left_at = read_dropouts(truth / PEOPLE_FILE)
    with connect(settings, role="c360_transformer") as connection, connection.cursor() as cursor:
        known = _known(cursor)
        cursor.execute("select source_customer_key, customer_id from identity.identity_customers")
        person_of_customer = whole_people(person_of_record, cursor.fetchall())
    told = [one for one in known if one.customer_id in person_of_customer]
    if not told:
        raise NothingToCompare("Nobody in the marts is one person of the truth.")
    is_alive = np.array(
        [is_alive_on(left_at[person_of_customer[one.customer_id]], one.as_of_date) for one in told]
    )
    days = np.array([one.days_since_last_purchase for one in told], dtype=np.float64)
    alive = np.array([one.probability_alive for one in told])
    return Comparison(
        told[0].as_of_date,
        len(known) - len(told),
        measure(alive, is_alive.astype(np.float64), is_probability=True),
        area_under_curve(-days, is_alive),
    )


def is_alive_on(left_at: dt.datetime | None, day: dt.date) -> bool:
    """Return whether somebody will buy again after the day; who leaves later is alive."""
    return left_at is None or left_at.date() > day


def read_dropouts(path: Path) -> dict[str, dt.datetime | None]:
    """Return when each person left for good, or None.

    Raises:
        NoTruth: if the file is missing or has other columns.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {
                row["person_id"]: _instant(row["dropped_out_at"]) for row in csv.DictReader(file)
            }
    except FileNotFoundError:
        raise NoTruth(
            f"There is no {path}: give the folder that the generator wrote (--truth data/truth)."
        ) from None
    except (KeyError, ValueError):
        raise NoTruth(f"{path} is no truth file: it does not say when people left.") from None


def _instant(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def whole_people(
    person_of_record: Mapping[str, str], records: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Return the person of each customer where the two are the same records.

    `records` are pairs of record key and customer id.
    """
    people, customers = defaultdict(set), defaultdict(set)
    for key, customer in records:
        person = person_of_record.get(key, "")
        people[customer].add(person)
        customers[person].add(customer)
    return {
        customer: person
        for customer, (person, *others) in people.items()
        if person and not others and len(customers[person]) == 1
    }


def _known(cursor: Cursor) -> list[Known]:
    cursor.execute("select to_regclass('warehouse_next.customer_purchase_forecasts')")
    if cursor.fetchone() == (None,):
        raise NothingToCompare("Nothing to compare yet: run `customer360 build` first.")
    cursor.execute(_FORECASTS)
    known = [Known(*row) for row in cursor.fetchall()]
    if not known:
        raise NothingToCompare("The marts show no probability: no purchase model is fitted.")
    return known
