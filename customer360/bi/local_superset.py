"""Bring the local Superset up: logins, metadata, assets, server, health."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extensions import encrypt_password
from psycopg2.sql import SQL, Identifier, Literal

from customer360.bi.home import LOGINS, METADATA_LOGIN, SupersetHome
from customer360.database.connection import connect
from customer360.database.initialise import create_database
from customer360.demo import processes

_START_SECONDS = 120
_LOG_LINES = 15
# A database that was made for another owner: sequences follow their tables.
_HAND_OVER = """
    select format('alter table %%s owner to %%I', oid::regclass, %(login)s)
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        and relowner <> %(login)s::regrole
    union all
    select format('alter type %%s owner to %%I', oid::regtype, %(login)s)
    from pg_type
    where typnamespace = 'public'::regnamespace and typtype = 'e'
        and typowner <> %(login)s::regrole
"""
_PASSWORD = SQL("alter role {} login password {}")


class SupersetDidNotStartError(RuntimeError):
    """Superset, or a part of it, is not there; the message says which and where its log is."""


def ensure_superset(home: SupersetHome, port: int, say: Callable[[str], None]) -> int:
    """Start Superset with the assets as they are unless it already runs so; return its port.

    Raises:
        SupersetDidNotStartError: if its environment is missing, the bootstrap fails, or the
            server is not healthy after two minutes.
    """
    if not home.python.exists():
        raise SupersetDidNotStartError(
            f"There is no {home.python}: run `make bi`, which makes Superset's environment."
        )
    home.prepare()
    running = processes.read_state(home)
    if running is not None and running.fingerprint == home.fingerprint() and not running.dead():
        return running.port
    processes.stop(home)
    ensure_logins(home)
    ensure_metadata_database(home)
    say("Importing the dashboards")
    _bootstrap(home)
    running = processes.start(home, processes.free_port(port, "C360_SUPERSET_PORT"))
    _wait_until_healthy(home, running)
    return running.port


def ensure_logins(home: SupersetHome) -> None:
    """Make the two database logins, each a member of one reader role and nothing else."""
    with connect(home.settings) as connection, connection, connection.cursor() as cursor:
        for login, group in LOGINS.items():
            ensure_login(cursor, login, home.login_password(login))
            cursor.execute(SQL("grant {} to {}").format(Identifier(group), Identifier(login)))


def ensure_metadata_database(home: SupersetHome) -> None:
    """Make Superset's own database, with an owner that has no right in the warehouse."""
    create_database(home.settings, home.metadata_database)
    login, database = Identifier(METADATA_LOGIN), Identifier(home.metadata_database)
    with connect(home.settings) as connection, connection, connection.cursor() as cursor:
        ensure_login(cursor, METADATA_LOGIN, home.login_password(METADATA_LOGIN))
        # Only who may act as the new owner can hand over.
        cursor.execute(SQL("grant {} to current_user").format(login))
        cursor.execute(SQL("alter database {} owner to {}").format(database, login))
    with (
        connect(home.settings, database=home.metadata_database) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(_HAND_OVER, {"login": METADATA_LOGIN})
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def ensure_login(cursor: Cursor, login: str, password: str) -> None:
    """Make a login that may nothing yet, or give the one that is there this password."""
    cursor.execute("select 1 from pg_roles where rolname = %s", [login])
    if cursor.fetchone() is None:
        cursor.execute(SQL("create role {} login").format(Identifier(login)))
    verifier = encrypt_password(password, login, cursor.connection, "scram-sha-256")
    cursor.execute(_PASSWORD.format(Identifier(login), Literal(verifier)))


def _bootstrap(home: SupersetHome) -> None:
    log = processes.log_file(home, "bootstrap")
    with log.open("w") as output:
        result = subprocess.run(
            [str(home.python), str(home.project / "bootstrap.py")],
            env=home.environment(0),
            cwd=home.directory,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        raise SupersetDidNotStartError(f"The bootstrap failed. The end of {log}:\n{_tail(log)}")


def _wait_until_healthy(home: SupersetHome, running: processes.Running) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_healthy(running.port):
        log = processes.log_file(home, "superset")
        if running.dead():
            raise SupersetDidNotStartError(f"Superset has ended. The end of {log}:\n{_tail(log)}")
        if time.monotonic() > deadline:
            raise SupersetDidNotStartError(
                f"Superset was not healthy within {_START_SECONDS} s: see {log}"
            )
        time.sleep(0.5)


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError):
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
