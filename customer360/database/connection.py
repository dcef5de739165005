"""Where the database is, and connections to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class
from psycopg2.extensions import make_dsn, parse_dsn
from psycopg2.sql import SQL, Identifier

from customer360.database import embedded
from customer360.errors import ConfigurationError
from customer360.privacy.keys import PSEUDONYM, TOMBSTONE, session_options
from customer360.redaction import redacted
from customer360.settings import Settings

__all__ = ["Connection", "connect", "dbt_environment", "dsn"]

# Who drops what was erased needs the key of the digests by which it is known.
_KNOW_TOMBSTONES = frozenset(("c360_loader", "c360_privacy"))
# dbt-postgres takes these, and no others, from a profile.
_DBT_OPTIONS = frozenset(
    ("host", "port", "user", "dbname", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
)


def dsn(settings: Settings, database: str | None = None) -> str:
    """Return the libpq connection string of the warehouse, or of another database beside it."""
    parts = _configured_parts(settings) or {
        "host": str(embedded.socket_dir(settings.data_dir)),
        "port": str(embedded.PORT),
        "user": "postgres",
        "dbname": settings.database_name,
    }
    if database is not None:
        parts["dbname"] = database
    return make_dsn(**parts)


def _configured_parts(settings: Settings) -> dict[str, str]:
    try:
        if settings.database_url_file is not None:
            return parse_dsn(settings.database_url_file.read_text().strip())
        if settings.database_url is not None:
            return parse_dsn(settings.database_url.get_secret_value())
    except (OSError, psycopg2.ProgrammingError) as error:
        raise ConfigurationError(
            "C360_DATABASE_URL (or the file C360_DATABASE_URL_FILE) must hold a URL such as "
            f"postgresql://user:password@host:5432/customer360: {redacted(str(error).strip())}"
        ) from None
    return {}


@contextmanager
def connect(
    settings: Settings, *, role: str | None = None, database: str | None = None
) -> Iterator[Connection]:
    """Open a connection, act as `role`, and close it in the end; the caller commits.

    Raises:
        psycopg2.OperationalError: if no server answers.
        ConfigurationError: if the server does not know the role.
    """
    where = dsn(settings, database)
    if role in _KNOW_TOMBSTONES:
        # Beside those of the URL or, as libpq has it, of the environment.
        options = parse_dsn(where).get("options", os.environ.get("PGOPTIONS", ""))
        where = make_dsn(where, options=f"{options} {session_options(settings, TOMBSTONE)}")
    connection = psycopg2.connect(where, application_name="customer360")
    try:
        if role is not None:
            _act_as(connection, role)
        yield connection
    finally:
        connection.close()


def _act_as(connection: Connection, role: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(SQL("set role {}").format(Identifier(role)))
        connection.commit()
    except psycopg2.errors.InvalidParameterValue:
        raise ConfigurationError(
            f"The database {connection.info.dbname} is not set up, as its server has no role "
            f"{role}: `customer360 db start` sets it up."
        ) from None


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that dbt_project/profiles.yml reads, and the key of pseudonyms.

    Raises:
        ConfigurationError: if the URL has an option that dbt cannot be given.
    """
    parts = parse_dsn(dsn(settings))
    if unknown := parts.keys() - _DBT_OPTIONS:
        raise ConfigurationError(
            "dbt has no setting for these options of the database URL: "
            f"{', '.join(sorted(unknown))}; set libpq's own variables instead (PGOPTIONS, …)."
        )
    pseudonym_options = session_options(settings, PSEUDONYM)
    return {
        "C360_DBT_HOST": parts.get("host", "localhost"),
        "C360_DBT_PORT": parts.get("port", "5432"),
        "C360_DBT_USER": parts.get("user", "postgres"),
        "C360_DBT_DATABASE": parts["dbname"],
        "DBT_ENV_SECRET_C360_PASSWORD": parts.get("password", ""),
        "C360_DBT_SSLMODE": parts.get("sslmode", "prefer"),
        "C360_DBT_SSLROOTCERT": parts.get("sslrootcert", ""),
        "C360_DBT_SSLCERT": parts.get("sslcert", ""),
        "C360_DBT_SSLKEY": parts.get("sslkey", ""),
        "C360_DBT_THREADS": str(settings.dbt_threads),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} {pseudonym_options}".strip(),
    }
