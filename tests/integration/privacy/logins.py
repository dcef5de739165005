"""Acting as somebody: by `set role`, and by a login with a password of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class
from psycopg2.sql import SQL

from customer360.database.connection import connect
from tests.integration.privacy.conftest import People

TABLES = """
    select nspname, relname, relkind from pg_class
    inner join pg_namespace on relnamespace = pg_namespace.oid
    where relkind in ('r', 'p', 'v') and nspname !~ '^pg_|^information_schema$'
    order by 1, 2
"""


@contextmanager
def by_role(people: People, role: str) -> Iterator[Connection]:
    """The owner's connection, acting as a role."""
    with connect(people.settings, role=role) as connection:
        yield connection


@contextmanager
def by_login(people: People, role: str) -> Iterator[Connection]:
    """A login's own connection."""
    connection = people.login(role)
    try:
        yield connection
    finally:
        connection.close()


def may(connection: Connection, statement: SQL) -> bool:
    """Tell whether the server lets the role; any other trouble, as of a view, is not its say."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            return False
        except psycopg2.Error:
            return True
        finally:
            connection.rollback()
    return True
