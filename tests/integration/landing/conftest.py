"""A landing directory and one feed of people, over a fresh database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2.sql import SQL, Composable

from customer360.database.connection import connect
from customer360.landing.loader import load_file
from customer360.landing.outcomes import LoadResult
from customer360.settings import Settings
from tests.conftest import fresh_database

SOURCES = """
sources:
  - name: test
    tables:
      - name: people
        identifier: test__people
        config:
          meta:
            landing:
              files: "people/*"
              format: [csv, ndjson, json, parquet]
              key: [id]
              required: [id, name]
        columns: [{name: id}, {name: name}, {name: city}]
"""


@dataclass(frozen=True)
class Warehouse:
    """A database to load into, and the files to load."""

    settings: Settings

    @property
    def contract_file(self) -> Path:
        return self.settings.dbt_project_dir / "models/staging/test/_test__sources.yml"

    def write_contract(self, text: str = SOURCES) -> None:
        self.contract_file.parent.mkdir(parents=True, exist_ok=True)
        self.contract_file.write_text(text)

    def deliver(self, name: str, content: bytes) -> Path:
        path = self.settings.landing_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def load(self, name: str, content: bytes) -> LoadResult:
        return load_file(self.settings, self.deliver(name, content))

    def rows(self, query: str | Composable, *arguments: object) -> list[tuple[object, ...]]:
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute(SQL(query) if isinstance(query, str) else query, arguments or None)
            return cursor.fetchall()

    def people(self, file_name: str) -> list[tuple[object, ...]]:
        return self.rows(
            "select _line, id, name, city from raw.test__people "
            "where _file_name = %s order by _line",
            file_name,
        )

    def quarantined(self, file_name: str) -> list[tuple[object, ...]]:
        return self.rows(
            "select line, reason, detail, row_text from ops.quarantined_rows "
            "where file_name = %s order by line",
            file_name,
        )


@pytest.fixture(scope="module")
def landing_database(
    server: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """One database for all tests of a module: making one takes longer than the tests."""
    with fresh_database(server, tmp_path_factory.mktemp("unused")) as settings:
        yield settings


@pytest.fixture
def warehouse(landing_database: Settings, tmp_path: Path) -> Warehouse:
    """A warehouse with the feed `test.people` and nothing loaded."""
    with connect(landing_database) as connection, connection, connection.cursor() as cursor:
        cursor.execute("truncate ops.load_batches, ops.quarantined_rows restart identity")
        cursor.execute("drop table if exists raw.test__people__rows cascade")
    paths = {"project_dir": tmp_path / "project", "data_dir": tmp_path / "data"}
    warehouse = Warehouse(landing_database.model_copy(update=paths))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    return warehouse
