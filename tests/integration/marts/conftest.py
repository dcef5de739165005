"""Warehouses that are built once: one of generated customers, one of CDNOW's."""

import datetime as dt
from collections.abc import Iterator

import pytest

from customer360.settings import Settings
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse


@pytest.fixture(scope="package")
def generated(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A whole build over 800 generated customer records, delivered in three daily parts."""
    output = tmp_path_factory.mktemp("generated")
    generate(
        GeneratorConfig(
            customers=800,
            seed=7,
            start=dt.date(2024, 1, 1),
            end=dt.date(2024, 12, 31),
            days=2,
            output=output,
        )
    )
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        warehouse.build()
        yield warehouse
