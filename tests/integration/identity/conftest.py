"""Customer ids over deliveries, rebuilds and a shuffle of raw, each step kept for a look."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from tests.conftest import fresh_database

HEADER = ("customer_id", "first_name", "last_name", "email", "phone", "country", "created_at")
PHONE = "0151 23456789"
# More names than identity_max_shared_records.
CROWD = tuple(
    f"{first}{second}"
    for first in ("Bar", "Dem", "Fio", "Gun", "Hel", "Kas")
    for second in ("ald", "eck", "ino", "orf", "utz")
)

FIRST_DELIVERY = [
    # later in the file, so that the older row of the pair is not the one with the smaller id
    ("9", "Ann", "Bell", "ann@example.com", "", "DE", "2024-01-01"),
    ("1", "Anna", "Bell", "ANN@example.com ", "", "DE", "15/01/2024"),
    ("2", "José", "O'Neil", "", PHONE, "DE", "2024-01-02"),
    ("3", "jose", "ONEIL", "jose@example.com", "+49 151 23456789", "DE", "2024-01-03"),
    ("4", "Maria", "Oneil", "", PHONE, "Germany", "2024-01-04"),
    ("5", "No", "Contact", "n/a", "000000", "DE", "2024-01-05"),
    ("6", "No", "Contact", "n/a", "000000", "DE", "2024-01-06"),
    *[
        (f"crowd{n}", name, "Crowd", "info@example.com", "0170 1111222", "DE", "2024-02-01")
        for n, name in enumerate(CROWD)
    ],
]
SECOND_DELIVERY = [
    # the oldest record of a pair again, corrected; a stranger that turns out to be Ann; a newcomer
    ("9", "Ann", "Bell-Ray", "ann@example.com", "", "DE", "2024-01-01"),
    ("0", "A.", "Bell", "ann@example.com", "", "DE", "2024-03-01"),
    ("7", "New", "Comer", "new@example.com", "", "DE", "2024-03-02"),
]


@dataclass(frozen=True)
class Step:
    """Staging rows and customer ids after one build."""

    staging: list[tuple[object, ...]]
    customer_ids: dict[str, str]


def deliver(settings: Settings, name: str, rows: list[tuple[str, ...]]) -> None:
    path = settings.landing_dir / "shop" / "customers" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    result = load_file(settings, path)
    assert result.status == "loaded", result.message


def build(settings: Settings, *options: str, select: str = "+customer_id_changes") -> Step:
    """Build identity and all before it, or a part of it; every data test must pass."""
    selection = ["--select", select, "--indirect-selection", "buildable"]
    without = ["--exclude-resource-type", "unit_test"]
    run_dbt(settings, ["build", *selection, *without, *options], "tests")
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select * from staging.stg_shop__customers order by source_customer_id")
        staging = cursor.fetchall()
        cursor.execute("select source_customer_id, customer_id from identity.identity_customers")
        return Step(staging, dict(cursor.fetchall()))


def shuffle_raw(settings: Settings) -> None:
    """Store the rows of raw in another physical order; only a test may do that."""
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "create temporary table shuffled as"
            " select * from raw.shop__customers__rows order by md5(customer_id)"
        )
        cursor.execute("truncate raw.shop__customers__rows")
        cursor.execute("insert into raw.shop__customers__rows select * from shuffled")


@pytest.fixture(scope="package")
def steps(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Step]]:
    """What stood in the database after each step, by the name of the step."""
    directory = tmp_path_factory.mktemp("identity")
    with fresh_database(server, directory) as settings:
        ensure_database(settings)
        done = {}
        deliver(settings, "day1.csv", FIRST_DELIVERY)
        done["first delivery"] = build(settings)
        deliver(settings, "day2.csv", SECOND_DELIVERY)
        done["second delivery"] = build(settings)
        for model in ("identity_customers", "identity_comparable_records"):
            only_from_here = f"{model}+,config.schema:identity"
            done[f"from {model} on"] = build(settings, select=only_from_here)
        done["no-op"] = build(settings)
        shuffle_raw(settings)
        done["full refresh"] = build(settings, "--full-refresh")
        yield done
