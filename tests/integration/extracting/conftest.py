"""Feeds that are pulled, a warehouse for them, and the systems that have them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect, dsn
from customer360.extracting.definitions import Pull, load_pulls
from customer360.extracting.endpoints import Endpoint
from customer360.extracting.http_client import Patience
from customer360.extracting.mongodb import pull_mongodb
from customer360.extracting.outcomes import Piece
from customer360.extracting.postgres import pull_postgres
from customer360.extracting.progress import open_progress
from customer360.extracting.rest import pull_rest
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.landing.outcomes import LoadResult
from customer360.settings import Settings
from tests.conftest import fresh_database
from tests.integration.extracting.api_server import ApiServer

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FEED = """
      - name: {name}
        identifier: test__{name}
        config:
          meta:
            landing:
              files: "test/{name}/*"
              format: {format}
              key: [id]
              required: {required}
            pull: {pull}
        columns: [{{name: id}}, {{name: name}}, {{name: updated_at}}]
"""


@dataclass
class Puller:
    """A warehouse with one pulled feed, and the waits that were asked for."""

    settings: Settings
    waits: list[float] = field(default_factory=list)

    def define(
        self,
        pull: str,
        file_format: str = "ndjson",
        name: str = "things",
        required: str = "[]",
    ) -> None:
        path = self.settings.dbt_project_dir / f"models/staging/test/_{name}__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        table = FEED.format(name=name, format=file_format, pull=pull, required=required)
        path.write_text(f"sources:\n  - name: test\n    tables:{table}")

    @property
    def pull(self) -> Pull:
        return load_pulls(self.settings.dbt_project_dir)["test.things"]

    def run(
        self, url: str, *, now: dt.datetime = NOW, full: bool = False, attempts: int = 4
    ) -> tuple[list[Piece], str | None]:
        """Pull the feed from where a URL leads, with short waits that are noted."""
        pull, endpoint = self.pull, Endpoint("source", url)
        with (
            connect(self.settings, role="c360_loader") as connection,
            open_progress(connection, pull) as progress,
        ):
            landing = self.settings.landing_dir
            if pull.definition.kind == "rest":
                patience = Patience(attempts=attempts, timeout=2, sleep=self.waits.append)
                return pull_rest(
                    pull, endpoint, progress, landing, now, full=full, patience=patience
                )
            function = pull_postgres if pull.definition.kind == "postgres" else pull_mongodb
            return function(pull, endpoint, progress, landing, now, full=full)

    def load(self) -> list[LoadResult]:
        return [load_file(self.settings, path) for path in pending_files(self.settings)]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def names(self) -> dict[object, object]:
        """Return what raw holds: the name of the last version of each id."""
        self.load()
        return dict(
            self.rows("select id, name from raw.test__things order by _batch_id, _line")  # type: ignore[arg-type]
        )

    @property
    def files(self) -> list[Path]:
        """Everything in the landing directory, hidden files too."""
        return sorted(path for path in self.settings.landing_dir.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def pulling_database(
    server: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with fresh_database(server, tmp_path_factory.mktemp("unused")) as settings:
        yield settings


@pytest.fixture
def puller(pulling_database: Settings, tmp_path: Path) -> Puller:
    """A warehouse in which nothing was pulled or loaded."""
    with connect(pulling_database) as connection, connection, connection.cursor() as cursor:
        cursor.execute("truncate ops.pull_steps, ops.load_batches, ops.quarantined_rows")
        cursor.execute("drop table if exists raw.test__things__rows cascade")
    paths = {"project_dir": tmp_path / "project", "data_dir": tmp_path / "data"}
    return Puller(pulling_database.model_copy(update=paths))


@pytest.fixture
def api() -> Iterator[ApiServer]:
    """A real HTTP server on a port of its own."""
    with ApiServer() as running:
        yield running


@pytest.fixture(scope="module")
def other_database(server: Settings) -> Iterator[str]:
    """A second real database, in the encoding and date style of another house; its URL."""
    name = "other_system"
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SQL("drop database if exists {}").format(Identifier(name)))
            cursor.execute(
                SQL("create database {} encoding 'LATIN1' locale 'C' template template0").format(
                    Identifier(name)
                )
            )
            cursor.execute(
                SQL("alter database {} set datestyle to 'SQL, DMY'").format(Identifier(name))
            )
            cursor.execute(
                SQL("alter database {} set timezone to 'Asia/Tokyo'").format(Identifier(name))
            )
    yield dsn(server, name)
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def execute(url: str, statement: str) -> None:
    """Run a statement at another database and commit."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
