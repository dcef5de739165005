"""When rows are delivered: in time, late, or twice."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data_generators.config import GeneratorConfig
from data_generators.population.households import SECONDS_PER_DAY
from data_generators.tables import Feed, Finding, Table

Integers = NDArray[np.int64]

DAYS_LATE = (1, 2, 3)
DAYS_TO_REPEAT = (0, 1, 2)
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Delivery:
    """Rows of a table that go into the file of one day, in this order."""

    day: dt.date
    rows: list[int]


def file_name(feed: Feed, day: dt.date, config: GeneratorConfig) -> str:
    """Return a feed's file of a day, relative to the landing directory."""
    folder = feed.folder or f"{feed.source}/{feed.table}"
    stem = feed.unique_name.replace(".", "_")
    return f"{folder}/{stem}_{day}_{config.label}.{feed.format}"


def day_number(day: dt.date) -> int:
    """Return the days since 1970."""
    return (day - EPOCH).days


def schedule(
    table: Table, config: GeneratorConfig, rng: Generator
) -> tuple[list[Delivery], list[Finding]]:
    """Return which rows each delivery holds, and which came late or twice."""
    first, last = day_number(config.initial_delivery), day_number(config.end)
    if table.feed.dated_by is None:
        return [Delivery(config.initial_delivery, list(range(len(table))))], []
    business_days = table.instants // SECONDS_PER_DAY
    due = np.maximum(business_days, first)
    days = with_delays(business_days, due, last, config.defects.late_delivery, rng)
    repeated = np.flatnonzero(rng.random(len(table)) < config.defects.duplicate_delivery)
    repeat_days = np.minimum(days[repeated] + rng.choice(DAYS_TO_REPEAT, len(repeated)), last)
    late = np.flatnonzero(days != due)
    findings = [
        *moved(table, "late_delivery", late, due[late], days[late]),
        *moved(table, "duplicate_delivery", repeated, days[repeated], repeat_days),
    ]
    rows = np.concatenate([np.arange(len(table)), repeated])
    return by_day(rows, np.concatenate([days, repeat_days])), findings


def with_delays(
    business_days: Integers, due: Integers, last: int, rate: float, rng: Generator
) -> Integers:
    """Return delivery days, a share of which is later than due, as far as deliveries are left."""
    is_late = rng.random(len(due)) < rate
    delayed = np.minimum(business_days + rng.choice(DAYS_LATE, len(due)), last)
    return np.where(is_late, np.maximum(due, delayed), due)


def moved(
    table: Table, defect: str, rows: Integers, before: Integers, after: Integers
) -> list[Finding]:
    """Return a finding for each row that came on another day too, or instead."""
    return [
        table.finding(row, defect, "", str(day_of(old)), str(day_of(new)))
        for row, old, new in zip(rows.tolist(), before.tolist(), after.tolist(), strict=True)
    ]


def by_day(rows: Integers, days: Integers) -> list[Delivery]:
    """Group rows by delivery day, in the order in which they stand."""
    order = np.argsort(days, kind="stable")
    distinct, starts = np.unique(days[order], return_index=True)
    groups = np.split(rows[order], starts[1:]) if len(distinct) else []
    return [
        Delivery(day_of(day), group.tolist())
        for day, group in zip(distinct.tolist(), groups, strict=True)
    ]


def day_of(number: int) -> dt.date:
    """Return the day that is so many days after 1970."""
    return EPOCH + dt.timedelta(days=number)
