"""The server of the warehouse, its database, and Airflow's metadata beside it."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2

from customer360.database import embedded
from customer360.database.connection import Connection, connect
from customer360.demo.home import AirflowHome
from customer360.doctor.findings import Finding, ok, warning, wrong
from customer360.errors import ConfigurationError, EmbeddedServerError
from customer360.redaction import redacted
from customer360.settings import Settings

OLDEST_POSTGRES = 16
EXTENSIONS = ("fuzzystrmatch", "pg_trgm", "unaccent")
_BY_CODE_POINT = {("b", "C.UTF-8"), ("c", "C"), ("c", "POSIX"), ("c", "C.UTF-8"), ("c", "C.utf8")}
_START = "customer360 db start"


def server(settings: Settings) -> Iterator[Finding]:
    """Look whether the server answers, or an embedded one could be started."""
    if settings.uses_embedded_server and not _runs(settings):
        yield from _left_pid_file(settings)
        yield _trial_start()
        return
    try:
        with connect(settings) as connection:
            yield from database(connection)
    except (psycopg2.Error, ConfigurationError) as error:
        where = "embedded" if settings.uses_embedded_server else "configured"
        remedy = _START if settings.uses_embedded_server else "Mend C360_DATABASE_URL in .env."
        message = f"the {where} server does not answer: {redacted(str(error).strip())}"
        yield wrong("Database", message, remedy)


def _runs(settings: Settings) -> bool:
    try:
        return embedded.is_running(settings.data_dir)
    except (ConfigurationError, ValueError, IndexError):
        return False  # a path that cannot be is told by the data directory's check


def _left_pid_file(settings: Settings) -> Iterator[Finding]:
    pid_file = settings.data_dir / "postgres" / "postmaster.pid"
    if pid_file.exists():
        message = f"the server ended without a stop: {pid_file} was left behind."
        yield warning("Database", message, f"{_START}, which recovers; nothing committed is lost")


def _trial_start() -> Finding:
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        try:
            embedded.start(folder)
        except (EmbeddedServerError, ConfigurationError, OSError) as error:
            who = " As root, try an ordinary user." if os.geteuid() == 0 else ""
            remedy = f"Set C360_DATABASE_URL to a server of your own.{who}"
            return wrong("Database", f"an embedded server does not start: {error}", remedy)
        embedded.stop(folder)
    return ok("Database", f"does not run; an embedded server starts here: {_START}")


def database(
    connection: Connection,
    oldest: int = OLDEST_POSTGRES,
    extensions: tuple[str, ...] = EXTENSIONS,
) -> Iterator[Finding]:
    """Look whether the database is as the pipeline needs it."""
    version = connection.server_version // 10_000
    if version < oldest:
        message = f"Postgres {version} is older than {oldest}."
        yield wrong("Database", message, "Set C360_DATABASE_URL to a newer server.")
    else:
        yield ok("Database", f"Postgres {version}, {connection.info.dbname}")
    yield from _extensions(connection, extensions)
    yield _order(connection)
    yield _rights(connection)


def _extensions(connection: Connection, wanted: tuple[str, ...]) -> Iterator[Finding]:
    available = {
        str(name) for (name,) in _rows(connection, "select name from pg_available_extensions")
    }
    if missing := sorted(set(wanted) - available):
        message = f"the server has no {', '.join(missing)}."
        yield wrong("Extensions", message, "Install postgresql-contrib on the server.")
    else:
        yield ok("Extensions", ", ".join(wanted))


def _order(connection: Connection) -> Finding:
    # Postgres 17 renamed the column of the locale; as JSON both can be asked for.
    query = """
        select datlocprovider,
            coalesce(row ->> 'datlocale', row ->> 'daticulocale', datcollate)
        from pg_database, to_jsonb(pg_database) as row where datname = current_database()
    """
    ((provider, locale),) = _rows(connection, query)
    if (str(provider), str(locale)) in _BY_CODE_POINT:
        return ok("Locale", f"texts are ordered by code point ({locale})")
    message = f"texts are ordered by {locale}: equal scores may fall otherwise, sorts are slower."
    remedy = "Make the database with locale_provider builtin builtin_locale 'C.UTF-8'."
    return warning("Locale", message, f"{remedy} See docs/decisions/0031.")


def _rights(connection: Connection) -> Finding:
    query = """
        select rolname, rolcreaterole or rolsuper,
            pg_has_role(current_user, datdba, 'usage')
        from pg_roles, pg_database where rolname = current_user and datname = current_database()
    """
    ((login, makes_roles, owns),) = _rows(connection, query)
    if makes_roles and owns:
        return ok("Login", f"{login} owns the database and may create roles")
    lacking = [] if makes_roles else [f"alter role {login} createrole"]
    lacking += [] if owns else [f"alter database {connection.info.dbname} owner to {login}"]
    message = f"{login} must own the database and may have to create roles."
    return wrong("Login", message, f"As the server's administrator: {'; '.join(lacking)}")


def airflow_metadata(settings: Settings) -> Iterator[Finding]:
    """Look whether Airflow's own database answers, once there is one."""
    name = AirflowHome(settings).metadata_database
    if settings.uses_embedded_server and not _runs(settings):
        return
    try:
        with connect(settings, database=name) as connection:
            ((tables,),) = _rows(
                connection, "select count(*) from pg_tables where tablename = 'dag'"
            )
    except psycopg2.OperationalError as error:
        if "does not exist" in str(error):
            yield ok("Airflow's database", f"{name} is made by the first `make demo`")
        else:
            message = redacted(str(error).strip())
            yield wrong("Airflow's database", message, "Mend the server, then make demo.")
        return
    except ConfigurationError:
        return  # told by the database's own line
    if tables:
        yield ok("Airflow's database", name)
    else:
        message = f"{name} is there without Airflow's tables: a first start was interrupted."
        yield warning("Airflow's database", message, "make demo, which makes them")


def _rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
