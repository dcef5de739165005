"""A published warehouse on a server of its own, which asks people for their passwords over TCP."""

import datetime as dt
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.publishing import relations
from customer360.settings import Settings
from customer360.transformation.build import new_build_id
from customer360.transformation.dbt_runner import run_dbt
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.integration.privacy import two_customers

ROLES = (
    "c360_loader",
    "c360_transformer",
    "c360_steward",
    "c360_bi",
    "c360_pii",
    "c360_privacy",
    "c360_operator",
)
_NO_TESTS = ("--exclude-resource-type", "unit_test", "test")
_HBA = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class People:
    """A warehouse, and a login with a password for each role; `bi_germany` is one more of bi's."""

    settings: Settings
    port: int
    passwords: dict[str, str]

    def login(self, role: str, password: str | None = None) -> Connection:
        """Connect as the login of a role, over TCP and with its password."""
        return psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            dbname=self.settings.database_name,
            user=f"login_{role}",
            password=password or self.passwords[role],
            application_name="a reader's tool",
        )

    def admin(self, sql: str, values: list[object] | None = None) -> list[tuple[object, ...]]:
        """Run a statement as the owner of everything; return its rows."""
        with connect(self.settings) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []


def _restart_with_passwords(data_dir: Path) -> int:
    """Let the embedded server listen on a free port of the loopback and ask for passwords."""
    directory = embedded.socket_dir(data_dir)
    embedded.stop(data_dir)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    (directory / "pg_hba.conf").write_text(_HBA)
    command = [embedded.BINARIES / "pg_ctl", "-D", directory, "-w", "-l", directory / "log"]
    options = f"-h 127.0.0.1 -p {port} -k {directory}"
    owner = directory.owner() if os.geteuid() == 0 else None
    arguments = [*map(str, command), "-o", options, "start"]
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, user=owner)
    return port


@pytest.fixture(scope="package")
def people() -> Iterator[People]:
    """Four hundred customer records from files to readers."""
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        own = Settings(
            data_dir=Path(folder), database_url=None, database_url_file=None, _env_file=None
        )
        ensure_database(own)
        port = _restart_with_passwords(own.data_dir)
        directory = embedded.socket_dir(own.data_dir)
        url = f"postgresql://postgres@/{own.database_name}?host={directory}&port={port}"
        settings = own.model_copy(update={"database_url": _secret(url)})
        try:
            fill(settings)
            yield People(settings, port, _make_logins(settings))
        finally:
            embedded.stop(own.data_dir)


@pytest.fixture
def shop(database: Settings) -> Settings:
    """Two customers as dbt would have resolved and published them."""
    two_customers.make(database)
    return database


def fill(settings: Settings) -> None:
    """Generate, load, build and publish."""
    config = GeneratorConfig(
        customers=400,
        seed=11,
        start=dt.date(2024, 1, 1),
        end=dt.date(2024, 12, 31),
        days=1,
        output=settings.data_dir,
    )
    generate(config)
    for file in pending_files(settings):
        assert load_file(settings, file).status == "loaded"
    build(settings)


def build(settings: Settings, as_of_date: str | None = None) -> None:
    """Build without tests, which others run, and put the marts where readers find them."""
    build_id = new_build_id()
    variables = {"as_of_date": as_of_date} if as_of_date else None
    run_dbt(settings, ["build", "--full-refresh", *_NO_TESTS], build_id, variables=variables)
    with connect(settings, role=relations.OPERATOR) as connection, connection:
        cursor = connection.cursor()
        cursor.execute(f"drop schema if exists {relations.PREVIOUS} cascade")
        relations.close_to_readers(cursor, relations.LIVE)
        relations.rename_schema(cursor, relations.LIVE, relations.PREVIOUS)
        relations.open_to_readers(cursor, relations.NEXT)
        relations.rename_schema(cursor, relations.NEXT, relations.LIVE)
        relations.renew_views_of_live(cursor)
        cursor.execute(
            "insert into ops.publications (build_id, kind, table_rows)"
            " values (%s, 'publish', '{}')",
            [build_id],
        )


def _make_logins(settings: Settings) -> dict[str, str]:
    passwords = {role: secrets.token_urlsafe(16) for role in (*ROLES, "bi_germany")}
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        for role, password in passwords.items():
            group = "c360_bi" if role == "bi_germany" else role
            cursor.execute(f"create role login_{role} login password %s", [password])
            cursor.execute(f"grant {group} to login_{role}")
    return passwords


def _secret(url: str) -> object:
    return Settings(database_url=url, _env_file=None).database_url
