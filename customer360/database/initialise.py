"""Bring a database to the state that the pipeline expects: sql/init, in order, re-runnable."""

import logging
from pathlib import Path

import psycopg2
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import Connection, connect
from customer360.settings import Settings

logger = logging.getLogger(__name__)

# Texts in the order of their code points, whatever the locale of the server or the machine: the
# same rows give the same marts anywhere, and sorts take a third of the time.
_ORDERED_BY_CODE_POINT = SQL("locale_provider builtin builtin_locale 'C.UTF-8'")
_ORDERED_BY_BYTE = SQL("locale_provider libc lc_collate 'C'")
_BUILTIN_SINCE = 170000


def create_database(settings: Settings, name: str) -> bool:
    """Create the database `name` on the server where it is missing; return whether it was."""
    with connect(settings, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if cursor.fetchone() is not None:
                return False
            is_old = connection.server_version < _BUILTIN_SINCE
            statement = SQL("create database {} template template0 encoding 'UTF8' {}").format(
                Identifier(name), _ORDERED_BY_BYTE if is_old else _ORDERED_BY_CODE_POINT
            )
            try:
                cursor.execute(statement)
            except psycopg2.errors.DuplicateDatabase:
                return False  # another process was faster
    return True


def apply_init_sql(connection: Connection, directory: Path) -> list[str]:
    """Run every numbered file of `directory` in one transaction; return the names in order.

    The lock makes a second process wait instead of failing on a half-made schema.
    """
    files = sorted(directory.glob("[0-9]*.sql"))
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customer360.init'))")
        for file in files:
            logger.debug("applying %s", file.name)
            cursor.execute(file.read_text())
    return [file.name for file in files]
