"""CDNOW through the ready feeds: what the literature knows of these customers comes out again.

Fader, Hardie, Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2), use a
1/10 sample of them, calibrated on the 39 weeks to 1997-09-30; their summary of it lies in the wheel
beside the data: repeat purchases x, recency t_x and age T, the last two in weeks.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.integration.cdnow.conftest import CALIBRATION_END, Cdnow, summarised
from tests.integration.marts.warehouse import Warehouse

RFM = "select * from warehouse_next.customer_rfm"


@dataclass(frozen=True)
class Build:
    """What one build made of it; `facts` is one row of totals."""

    facts: pd.Series
    rfm: pd.DataFrame
    cohorts: pd.DataFrame
    month_segments: pd.DataFrame
    as_of_date: date


def read_build(warehouse: Warehouse) -> Build:
    facts = warehouse.frame(
        "select count(*) as purchases, count(distinct customer_id) as customers,"
        " sum(amount) as amount, sum(quantity) as units,"
        " count(*) filter (where amount = 0) as free, max(transaction_date) as last_day"
        " from warehouse_next.fct_transactions"
    )
    rfm = warehouse.frame(
        "select right(customers.source_customer_id, 5) as master_id, rfm.*"
        " from warehouse_next.customer_rfm as rfm"
        " inner join identity.identity_customers as customers"
        " on rfm.customer_id = customers.customer_id"
    )
    cohorts = warehouse.frame("select * from warehouse_next.cohort_retention")
    month_segments = warehouse.frame(
        "select customer_id, month_end_date, segment"
        " from intermediate.int_customer_month_segments_summarised"
    )
    as_of = warehouse.frame("select as_of_date from intermediate.int_as_of_date_resolved")
    return Build(
        facts.iloc[0], rfm.set_index("master_id"), cohorts, month_segments, as_of.iloc[0, 0]
    )


@pytest.fixture(scope="module")
def builds(warehouse: Warehouse) -> dict[str, Build]:
    """The build as of the newest day, then the same warehouse as of the end of calibration."""
    warehouse.build()
    newest = read_build(warehouse)
    warehouse.build("path:models/intermediate", "path:models/marts", as_of_date=CALIBRATION_END)
    return {"newest": newest, "calibration": read_build(warehouse)}


def quintiles(worse_is_less: pd.Series) -> pd.Series:
    """Return 1 + floor(5 * share of strictly less), in whole numbers."""
    worse = worse_is_less.rank(method="min").astype(int) - 1
    return 1 + 5 * worse // len(worse_is_less)


def test_every_purchase_of_every_customer_counts(builds: dict[str, Build]) -> None:
    facts = builds["newest"].facts
    assert facts["purchases"] == 69_659
    assert facts["customers"] == 23_570
    assert facts["amount"] == Decimal("2500315.63")
    assert facts["units"] == 167_881
    assert facts["free"] == 80


def test_as_of_date_defaults_to_the_last_day(builds: dict[str, Build]) -> None:
    assert builds["newest"].as_of_date == date(1998, 6, 30)


def test_first_purchase_cohorts(builds: dict[str, Build]) -> None:
    first_months = builds["newest"].cohorts.query("months_since_first_purchase == 0")
    assert dict(zip(first_months["cohort_month"], first_months["cohort_size"], strict=True)) == {
        date(1997, 1, 1): 7_846,
        date(1997, 2, 1): 8_476,
        date(1997, 3, 1): 7_248,
    }


def test_cohort_triangle_against_pandas(builds: dict[str, Build], cdnow: Cdnow) -> None:
    bought = cdnow.purchases.assign(month=cdnow.purchases["day"].dt.to_period("M"))
    bought["cohort"] = bought.groupby("master_id")["month"].transform("min")
    expected = bought.groupby(["cohort", "month"]).agg(
        active=("master_id", "nunique"), revenue=("amount", "sum")
    )
    cohorts = builds["newest"].cohorts
    assert len(cohorts) == len(expected) == 18 + 17 + 16
    for row in cohorts.itertuples():
        month = expected.loc[(pd.Period(row.cohort_month, "M"), pd.Period(row.activity_month, "M"))]
        assert row.active_customers == month["active"]
        assert float(row.revenue) == pytest.approx(month["revenue"], abs=0.005)


def test_nothing_after_the_as_of_date_exists(builds: dict[str, Build], cdnow: Cdnow) -> None:
    facts = builds["calibration"].facts
    assert facts["last_day"] == date(1997, 9, 30)
    assert facts["purchases"] == (cdnow.purchases["day"] <= CALIBRATION_END).sum()


def test_recency_and_frequency_of_every_customer(builds: dict[str, Build], cdnow: Cdnow) -> None:
    expected = summarised(cdnow.purchases, "master_id", CALIBRATION_END)
    found = builds["calibration"].rfm.loc[expected.index]
    assert len(builds["calibration"].rfm) == 23_570
    assert (found["repeat_purchase_days"] == expected["x"]).all()
    assert (found["days_first_to_last_purchase"] == expected["t_x"]).all()
    assert (found["days_since_first_purchase"] == expected["T"]).all()
    assert (found["recency_days"] == expected["T"] - expected["t_x"]).all()


def test_published_summary_of_the_sample(builds: dict[str, Build], cdnow: Cdnow) -> None:
    ids = cdnow.sample[["sample_id", "master_id"]].drop_duplicates().set_index("sample_id")
    assert len(cdnow.summary) == len(ids) == 2_357
    found = builds["calibration"].rfm.loc[ids.loc[cdnow.summary["ID"], "master_id"]]
    published = cdnow.summary.set_axis(found.index)
    assert (found["repeat_purchase_days"] == published["frequency"]).all()
    published_as = {"days_first_to_last_purchase": "recency", "days_since_first_purchase": "T"}
    for ours, theirs in published_as.items():
        weeks = found[ours].astype(float) / 7
        np.testing.assert_allclose(weeks, published[theirs], atol=0.005001)


def test_scores_against_pandas(builds: dict[str, Build], cdnow: Cdnow) -> None:
    rfm = builds["calibration"].rfm
    bought = cdnow.purchases[cdnow.purchases["day"] <= CALIBRATION_END].groupby("master_id")
    cents = (bought["amount"].sum() * 100).round().astype(int)
    days_ago = (pd.Timestamp(CALIBRATION_END) - bought["day"].max()).dt.days
    expected = pd.DataFrame(
        {
            "recency_score": quintiles(-days_ago),
            "frequency_score": quintiles(bought.size()),
            "monetary_score": quintiles(cents),
        }
    )
    pd.testing.assert_frame_equal(
        rfm[list(expected)].sort_index(), expected.sort_index(), check_dtype=False
    )


def test_a_past_month_end_has_the_segments_of_that_day(builds: dict[str, Build]) -> None:
    """Segments of the month end within the newest build, and those of a build as of that day."""
    then = builds["calibration"].rfm.set_index("customer_id")["segment"].sort_index()
    months = builds["newest"].month_segments
    assert months["month_end_date"].nunique() == 13
    found = months[months["month_end_date"] == date.fromisoformat(CALIBRATION_END)]
    found = found.set_index("customer_id")["segment"].sort_index()
    pd.testing.assert_series_equal(found, then)
