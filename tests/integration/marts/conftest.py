"""Warehouses that are built once: one of generated customers, one of CDNOW's."""

import datetime as dt
from collections.abc import Iterator

import pytest

from customer360.settings import Settings
from data_generators.config import DefectRates, GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse


@pytest.fixture(scope="package")
def generated(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A whole build over 1,500 generated customer records, delivered in six daily parts.

    Rare defects come more often than by default, so that small feeds have them too.
    """
    output = tmp_path_factory.mktemp("generated")
    generate(
        GeneratorConfig(
            customers=1_500,
            seed=7,
            start=dt.date(2024, 1, 1),
            end=dt.date(2024, 12, 31),
            days=5,
            output=output,
            defects=DefectRates(
                orphan_key=0.02,
                negative_amount=0.02,
                future_date=0.02,
                duplicate_delivery=0.03,
                late_delivery=0.3,
            ),
        )
    )
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        warehouse.build()
        yield warehouse
