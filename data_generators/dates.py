"""Dates in the four formats that systems write: ISO, day first, month first, and with time."""

import datetime as dt
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.config import DefectRates
from data_generators.pools import Strings
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.tables import Finding, Table

# Position is the format's number; all but the first are counted as defects of that name.
FORMATS = ("iso", "date_day_first", "date_month_first", "date_with_time")
PATTERNS = ("%Y-%m-%d", "%d/%m/%Y", "%m-%d-%Y", "%Y/%m/%d")
WITH_TIME = 3
EPOCH = dt.date(1970, 1, 1)


def deliver_dates(table: Table, rates: DefectRates, rng: Generator) -> list[Finding]:
    """Write the business dates of a table into its column, each row in a format of its own.

    Feeds with dates of their own kind get that and no findings.
    """
    column = table.feed.dated_by
    if column is None:
        return []
    if table.feed.dates == "iso":
        table.columns[column] = instant_texts(table.instants)
        return []
    if len(table) == 0:
        table.columns[column] = []
        return []
    shares = [rates.date_day_first, rates.date_month_first, rates.date_with_time]
    formats = rng.choice(len(FORMATS), size=len(table), p=[1 - sum(shares), *shares])
    keeps_time = table.feed.dates == "timed"
    clean = written(table.instants, np.zeros_like(formats), keeps_time=keeps_time).tolist()
    delivered = written(table.instants, formats, keeps_time=keeps_time).tolist()
    table.columns[column] = delivered
    keys = table.columns[table.feed.key]
    return [
        Finding(table.feed.name, keys[row], FORMATS[formats[row]], column, clean[row], value)
        for row, value in enumerate(delivered)
        if formats[row]
    ]


def written(
    instants: NDArray[np.int64], formats: NDArray[np.int64], *, keeps_time: bool = False
) -> Strings:
    """Return instants (seconds since 1970) as text, each in the format of that number.

    Only one of the formats has the time of day, all of them where `keeps_time`.
    """
    days, seconds = np.divmod(instants, SECONDS_PER_DAY)
    distinct_days, position = np.unique(days, return_inverse=True)
    texts = np.array([day_texts(day) for day in distinct_days.tolist()], dtype=object)
    texts = texts.reshape(-1, len(FORMATS))  # of no day at all too
    result: Strings = texts[position, formats]
    timed = np.asarray(keeps_time | (formats == WITH_TIME))
    result[timed] += " " + clock_texts()[seconds[timed]]
    return result


def instant_texts(instants: NDArray[np.int64]) -> list[str]:
    """Return instants (seconds since 1970) as programs write them: 2024-01-15T14:30:00Z."""
    texts = instants.astype("datetime64[s]").astype(str).tolist()
    return [f"{text}Z" for text in texts]


@lru_cache(maxsize=10_000)
def day_texts(day: int) -> tuple[str, ...]:
    """Return a day (days since 1970) in every format, without time."""
    date = EPOCH + dt.timedelta(days=day)
    return tuple(date.strftime(pattern) for pattern in PATTERNS)


@lru_cache(maxsize=1)
def clock_texts() -> Strings:
    """Return every second of a day as hh:mm:ss."""
    return np.array(
        [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(SECONDS_PER_DAY)], object
    )
