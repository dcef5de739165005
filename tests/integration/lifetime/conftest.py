"""A warehouse of generated customers, built with the lifetime models as a build does."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from customer360.database.connection import connect
from customer360.lifetime.step import prepare_models
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

SHOWN = ("path:models/marts/lifetime", "customer_health")
FORECASTS = ("customer_purchase_forecasts", "customer_churn", "customer_clv")


@dataclass(frozen=True)
class Generated:
    """A warehouse whose lower layers are built, and the truth that its customers come from."""

    warehouse: Warehouse
    truth: Path

    def build_marts(self, *only: str) -> None:
        """Build what the forecasts are shown by, and by default what it reads; run no tests."""
        selection = only or tuple(f"+{name}" for name in (*FORECASTS, *SHOWN))
        without_tests = ["--exclude-resource-type", "unit_test", "test"]
        run_dbt(self.warehouse.settings, ["build", *without_tests, "--select", *selection], "tests")


@pytest.fixture(scope="package")
def generated(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """1,500 customer records of two years; marts without a fit are not built yet."""
    output = tmp_path_factory.mktemp("lifetime")
    generate(
        GeneratorConfig(
            customers=1_500,
            seed=5,
            start=dt.date(2024, 1, 1),
            end=dt.date(2025, 12, 31),
            output=output,
        )
    )
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        found = Generated(warehouse, output / "truth")
        found.build_marts()
        yield found


@pytest.fixture(scope="package")
def naive(generated: Generated) -> Warehouse:
    """The marts as `dbt build` alone makes them, kept beside those with a fit."""
    with_copy = "create table ops.naive_clv as select * from warehouse_next.customer_clv"
    with connect(generated.warehouse.settings) as connection, connection.cursor() as cursor:
        cursor.execute(with_copy)
        connection.commit()
    return generated.warehouse


@pytest.fixture(scope="package")
def fitted(generated: Generated, naive: Warehouse) -> Generated:  # noqa: ARG001 - comes first
    """The same after the step that fits and backtests, and the marts built again."""
    prepare_models(generated.warehouse.settings, "tests")
    generated.build_marts(*FORECASTS, *SHOWN)
    return generated
