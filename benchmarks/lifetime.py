"""How fast the lifetime models are, from the database and back: `python -m benchmarks.lifetime`.

    python -m benchmarks.lifetime [CUSTOMERS]

A million customers who buy and leave as MBG/NBD says lie in a server of its own, as the build's
intermediate layer has them. Their distinct histories are counted in SQL and read, both purchase
models and Gamma-Gamma fitted and stored, and the mart of forecasts is built by dbt. For a million
the limits are 60 s and 2 GB on two cores, server and dbt with it; others are only measured. The
parameters must come out near the true.
"""

import datetime as dt
import io
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.support.own_server import own_server
from benchmarks.support.usage import cpu_seconds, watched
from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.lifetime.fitting import (
    fit_purchase_models,
    fit_spend_model,
    likeliest,
    purchase_model,
)
from customer360.lifetime.histories import Floats, Integers
from customer360.lifetime.purchasing import MBG_NBD, PurchaseModel
from customer360.lifetime.reading import read_purchases, read_spend, read_window
from customer360.lifetime.records import store_fit, store_nodes
from customer360.lifetime.spending import SpendModel
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt

Result = TypeVar("Result")
CUSTOMERS = 1_000_000
OBSERVED_DAYS = 730
AS_OF_DATE = dt.date(2025, 12, 31)
TRUTH = PurchaseModel(r=1.1, alpha=3.9, a=0.9, b=7.0, name=MBG_NBD)
SPEND_TRUTH = SpendModel(p=4.0, q=3.5, v=75.0)
MOST_SECONDS = 60.0
MOST_BYTES = 2 * 10**9
MOST_DEVIATION = 0.1
MART = "customer_purchase_forecasts"
VIEWS = ("config.schema:staging,stg_ops__lifetime_*", "path:models/intermediate/lifetime")
_TABLES = """
    create schema if not exists intermediate;
    create table intermediate.int_as_of_date_resolved (as_of_date date);
    create table intermediate.int_customer_lifetime_summarised (
        customer_id text,
        as_of_date date,
        is_modelled boolean,
        first_purchase_date date,
        last_purchase_date date,
        repeat_purchase_days bigint,
        days_first_to_last_purchase integer,
        days_since_first_purchase integer,
        purchase_days bigint,
        gross_spend numeric,
        repeat_spend numeric
    );
    grant usage, create on schema intermediate to c360_transformer;
    alter table intermediate.int_as_of_date_resolved owner to c360_transformer;
    alter table intermediate.int_customer_lifetime_summarised owner to c360_transformer;
"""
_COPY = "copy intermediate.int_customer_lifetime_summarised from stdin with (format csv)"
_FOUND = """
    select count(*), avg(predicted_value_12_months)::float8, max(forecast_method)
    from warehouse_next.customer_purchase_forecasts
"""


@dataclass(frozen=True)
class Population:
    """What is observed: repeat purchases, days, and the mean amount of a repeat purchase."""

    repeats: Integers
    recency_days: Integers
    age_days: Integers
    mean_amount: Floats


def simulate(customers: int, seed: int) -> Population:
    """Let customers buy and leave; days are whole, as in the marts, one purchase a day."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(TRUTH.r, 1 / TRUTH.alpha, customers) / 7
    dropout = rng.beta(TRUTH.a, TRUTH.b, customers)
    age = rng.integers(0, OBSERVED_DAYS, customers)
    clock = np.zeros(customers)
    repeats, last = np.zeros(customers, np.int64), np.zeros(customers, np.int64)
    active = np.flatnonzero(rng.random(customers) >= dropout)
    while len(active):
        clock[active] += rng.exponential(1, len(active)) / np.maximum(rates[active], 1e-12)
        active = active[clock[active] < age[active] + 1]
        days = clock[active].astype(np.int64)
        repeats[active] += days > last[active]
        last[active] = np.maximum(last[active], days)
        active = active[rng.random(len(active)) >= dropout[active]]
    nu = rng.gamma(SPEND_TRUTH.q, 1 / SPEND_TRUTH.v, customers)
    shape = SPEND_TRUTH.p * np.maximum(repeats, 1)
    spent = np.round(rng.gamma(shape, 1 / nu), 2)
    return Population(repeats, last, age, np.where(repeats > 0, spent / np.maximum(repeats, 1), 0))


def fill(settings: Settings, customers: int) -> None:
    """Put the simulated customers where the build has them."""
    found = simulate(customers, 7)
    repeat_spend = np.round(found.repeats * found.mean_amount, 2)
    as_of = np.datetime64(AS_OF_DATE)
    first = as_of - found.age_days
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number}" for number in range(customers)],
            "as_of_date": as_of,
            "is_modelled": True,
            "first_purchase_date": first,
            "last_purchase_date": first + found.recency_days,
            "repeat_purchase_days": found.repeats,
            "days_first_to_last_purchase": found.recency_days,
            "days_since_first_purchase": found.age_days,
            "purchase_days": found.repeats + 1,
            "gross_spend": np.round(repeat_spend + SPEND_TRUTH.population_mean, 2),
            "repeat_spend": repeat_spend,
        }
    )
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute("insert into intermediate.int_as_of_date_resolved values (%s)", [AS_OF_DATE])
        cursor.copy_expert(_COPY, io.StringIO(frame.to_csv(index=False, header=False)))
        cursor.execute("analyze intermediate.int_customer_lifetime_summarised")
        cursor.execute("analyze intermediate.int_as_of_date_resolved")


@dataclass(frozen=True)
class Fit:
    """What fitting took, by step, and what it found."""

    seconds: dict[str, float]
    histories: int
    model: PurchaseModel


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note how long the block takes."""
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started


def fit(settings: Settings) -> Fit:
    """Do what customer360.lifetime.fitting.fit_models does, with the time of each step."""
    seconds: dict[str, float] = {}
    with (
        connect(settings, role="c360_transformer") as connection,
        connection,
        connection.cursor() as cursor,
    ):
        with timed(seconds, "count and read histories"):
            window, histories, spend = (
                read_window(cursor),
                read_purchases(cursor),
                read_spend(cursor),
            )
        with timed(seconds, "fit purchases"):
            outcomes = fit_purchase_models(histories)
        with timed(seconds, "fit spend"):
            outcomes.append(fit_spend_model(spend))
        model = purchase_model(likeliest(outcomes[:2]))
        with timed(seconds, "store"):
            for outcome in outcomes:
                fit_id = store_fit(cursor, window, outcome, None)
                if outcome.is_chosen and outcome.model == model.name:
                    store_nodes(cursor, fit_id, model, int(histories.repeats.max()))
    return Fit(seconds, len(histories.repeats), model)


def in_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call it in a process of its own, whose memory ends with it."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> int:
    """Run it, print each part, and return 1 where a limit is broken."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    with own_server() as settings:
        ensure_database(settings)
        in_process(fill, settings, customers)
        return _run(settings, customers)


def _run(settings: Settings, customers: int) -> int:
    run_dbt(settings, ["run", "--select", *VIEWS], "benchmark")
    server = int((embedded.socket_dir(settings.data_dir) / "postmaster.pid").read_text().split()[0])
    cpu_before = cpu_seconds(server)
    with watched([os.getpid(), server]) as peak:
        found = in_process(fit, settings)
        with timed(found.seconds, "forecasts by dbt, in SQL"):
            selection = ["path:models/intermediate/lifetime", MART]
            run_dbt(settings, ["run", "--select", *selection], "benchmark")
    cpu = cpu_seconds(server) - cpu_before
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_FOUND)
        ((rows, value, method),) = cursor.fetchall()
    if (rows, method) != (customers, found.model.name):
        raise SystemExit(f"{rows:,} forecasts by {method}")
    _report(found, cpu, peak.bytes, customers, value)
    is_slow = sum(found.seconds.values()) > MOST_SECONDS or peak.bytes > MOST_BYTES
    return int(customers == CUSTOMERS and is_slow)


def _report(found: Fit, cpu: float, peak: int, customers: int, value: float) -> None:
    console = Console()
    table = Table("step", "seconds")
    for name, seconds in found.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    total = sum(found.seconds.values())
    console.print(table)
    console.print(
        f"{customers:,} customers with {found.histories:,} distinct histories: {total:.1f} s, "
        f"limit {MOST_SECONDS:.0f} s ({cpu:.1f} CPU seconds); "
        f"peak {peak / 1e6:,.0f} MB with server and dbt, limit {MOST_BYTES / 1e6:,.0f} MB"
    )
    console.print(f"fitted {found.model}, true {TRUTH}")
    console.print(f"mean value of 12 months {value:.2f}")
    deviation = abs(found.model.r / found.model.alpha / (TRUTH.r / TRUTH.alpha) - 1)
    if deviation > MOST_DEVIATION:
        raise SystemExit("the fit is not near the truth")


if __name__ == "__main__":
    raise SystemExit(main())
