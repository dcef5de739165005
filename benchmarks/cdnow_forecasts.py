"""How well CDNOW's customers are forecast: `python -m benchmarks.cdnow_forecasts`.

Both purchase models and Gamma-Gamma, fitted to all 23,570 customers up to 1997-09-30, against the
39 weeks that followed; recency alone stands beside them. The tests in tests/integration/cdnow hold
the same numbers within bounds, through landing files and marts.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from customer360.lifetime.backtesting.measures import Measures, measure
from customer360.lifetime.histories import Floats, PurchaseHistories, SpendHistories
from customer360.lifetime.purchasing import BG_NBD, MBG_NBD, fit_purchases
from customer360.lifetime.spending import fit_spend
from data_generators.cdnow import fetch_master, parse_master

CALIBRATION_END = pd.Timestamp("1997-09-30")
HOLDOUT_WEEKS, CHURN_DAYS = 39, 90
LEAST_CORRELATION = 0.66


@dataclass(frozen=True)
class Customers:
    """Histories in weeks and EUR up to the end of calibration, and what followed."""

    histories: pd.DataFrame
    bought: Floats
    spent: Floats
    stayed_away: Floats


def read_customers(cache: Path) -> Customers:
    """Read the published file; a day with purchases is one purchase."""
    rows = [(one.customer_id, one.date, one.amount) for one in parse_master(fetch_master(cache))]
    lines = pd.DataFrame(rows, columns=["customer", "day", "amount"])
    lines = lines.assign(
        day=pd.to_datetime(lines["day"], format="%Y%m%d"), amount=lines["amount"].astype(float)
    )
    days = lines.groupby(["customer", "day"], as_index=False)["amount"].sum()
    known, later = days[days["day"] <= CALIBRATION_END], days[days["day"] > CALIBRATION_END]
    first = known.groupby("customer")["day"].transform("min")
    by_customer = known.groupby("customer")["day"].agg(["min", "max", "size"])
    repeated = known[known["day"] > first].groupby("customer")["amount"].sum()
    x = by_customer["size"] - 1
    histories = pd.DataFrame(
        {
            "x": x,
            "recency": (by_customer["max"] - by_customer["min"]).dt.days / 7,
            "age": (CALIBRATION_END - by_customer["min"]).dt.days / 7,
            "mean": repeated.reindex(by_customer.index, fill_value=0) / x.clip(lower=1),
        }
    )
    followed = later.groupby("customer")["amount"].agg(["size", "sum"])
    followed = followed.reindex(histories.index, fill_value=0)
    soon = later.loc[later["day"] <= CALIBRATION_END + pd.Timedelta(days=CHURN_DAYS), "customer"]
    return Customers(
        histories,
        followed["size"].to_numpy(float),
        followed["sum"].to_numpy(float),
        (~histories.index.isin(soon)).astype(float),
    )


def row(name: str, expected: Floats, churn: Measures, value: Measures) -> list[str]:
    """Return one line of the table; `expected` are purchases of each customer, if any."""
    return [
        name,
        f"{expected.sum():,.0f}" if len(expected) else "",
        f"{churn.auc:.3f}",
        "" if churn.brier_score is None else f"{churn.brier_score:.4f}",
        f"{value.lift_top_decile:.2f}",
    ]


def main() -> None:
    """Print the table, and fail where a forecast does not follow what customers did."""
    with TemporaryDirectory() as cache:
        customers = read_customers(Path(cache))
    history = [customers.histories[name].to_numpy(float) for name in ("x", "recency", "age")]
    x, recency, age = history
    mean = customers.histories["mean"].to_numpy(float)
    spend, _ = fit_spend(SpendHistories.of_customers(x, mean))
    table = Table("model", "purchases", "churn AUC", "Brier", "lift of value", "correlation")
    correlations = []
    for name in (BG_NBD, MBG_NBD):
        model, _ = fit_purchases(PurchaseHistories.of_customers(*history), name)
        expected = model.expected_purchases(*history, HOLDOUT_WEEKS)
        none = model.probability_of_none(*history, CHURN_DAYS / 7)
        churn = measure(none, customers.stayed_away, is_probability=True)
        amounts = expected * spend.expected_amount(x, mean)
        value = measure(amounts, customers.spent, is_probability=False)
        correlations.append(float(np.corrcoef(expected, customers.bought)[0, 1]))
        table.add_row(*row(name, expected, churn, value), f"{correlations[-1]:.3f}")
    churn = measure(age - recency, customers.stayed_away, is_probability=False)
    value = measure(recency - age, customers.spent, is_probability=False)
    table.add_row(*row("recency alone", np.empty(0), churn, value), "")
    console = Console()
    console.print(table)
    console.print(
        f"{len(x):,} customers made {customers.bought.sum():,.0f} purchases in the "
        f"{HOLDOUT_WEEKS} weeks."
    )
    if min(correlations) < LEAST_CORRELATION:
        raise SystemExit("forecasts no longer follow what customers did")


if __name__ == "__main__":
    main()
