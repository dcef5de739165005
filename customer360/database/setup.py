"""One call that makes the warehouse database ready: server, database, sql/init, raw tables."""

from psycopg2.extensions import parse_dsn

from customer360.database import embedded
from customer360.database.connection import connect, dsn
from customer360.database.initialise import apply_init_sql, create_database
from customer360.landing.contracts import load_contracts
from customer360.landing.raw_tables import ensure_raw_tables
from customer360.settings import Settings


def ensure_database(settings: Settings) -> str:
    """Start the embedded server if none is configured, apply sql/init and make the raw tables.

    Return where the database is, in a text for people: it holds no password.
    """
    if settings.uses_embedded_server:
        embedded.start(settings.data_dir)
        create_database(settings, settings.database_name)
    with connect(settings) as connection:
        apply_init_sql(connection, settings.sql_init_dir)
        ensure_raw_tables(connection, load_contracts(settings.dbt_project_dir))
    parts = parse_dsn(dsn(settings))
    return f"{parts['dbname']} on {parts.get('host', 'localhost')}"
