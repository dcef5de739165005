"""A server that may be killed, and seeds that choose where.

`C360_FAULTS=long` runs every test with its many seeds; `C360_FAULT_SEED=17` with that seed alone,
which repeats what a failed test's name ends in. `C360_FAULT_MINUTES=25` shares so many minutes out
over the tests that take seeds; the seeds that they do not reach are skipped, and counted so.
"""

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from psycopg2.extensions import parse_dsn
from psycopg2.sql import SQL, Identifier

from customer360.database import embedded
from customer360.database.connection import connect, dsn
from customer360.database.initialise import apply_init_sql, create_database
from customer360.settings import Settings

TEMPLATE = "customer360_template"
LIMIT = pytest.StashKey["TimeLimit"]()


class TimeLimit:
    """Shares seconds out evenly over functions; what one leaves over, those after it get."""

    def __init__(self, seconds: float, functions: list[str]) -> None:
        self._ends = time.monotonic() + seconds
        self._waiting = list(dict.fromkeys(functions))
        self._until: dict[str, float] = {}

    def is_over(self, function: str) -> bool:
        """Tell whether a function has had its share; the first of its seeds always runs."""
        now = time.monotonic()
        if function in self._waiting:
            self._until[function] = now + (self._ends - now) / len(self._waiting)
            self._waiting.remove(function)
            return False
        return now >= self._until[function]


def is_long() -> bool:
    """Tell whether the long form was asked for."""
    return os.environ.get("C360_FAULTS") == "long"


# The short form has no minute for a whole Airflow.
collect_ignore = [] if is_long() else ["test_worker.py"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a seed as many as its mark says."""
    if "seed" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("seeds")
    assert mark is not None, f"{metafunc.definition.name} needs @pytest.mark.seeds(short, long)"
    short, long = mark.args
    asked = os.environ.get("C360_FAULT_SEED")
    seeds = [int(asked)] if asked else range(long if is_long() else short)
    metafunc.parametrize("seed", seeds, ids=[f"seed={seed}" for seed in seeds])


def function_of(item: pytest.Item) -> str:
    """Return the test function of an item, whatever its parameters."""
    return item.nodeid.partition("[")[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin the minutes, if there is a limit."""
    if minutes := os.environ.get("C360_FAULT_MINUTES"):
        functions = [function_of(item) for item in items if item.get_closest_marker("seeds")]
        config.stash[LIMIT] = TimeLimit(60 * float(minutes), functions)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip seeds for which there is no time left."""
    limit = item.config.stash.get(LIMIT, None)
    if limit and item.get_closest_marker("seeds") and limit.is_over(function_of(item)):
        pytest.skip("no minutes are left for this seed")


def make_server(data_dir: Path) -> Settings:
    """Start a server over a new directory, with a database to make others from."""
    settings = Settings(
        data_dir=data_dir, database_url=None, database_url_file=None, _env_file=None
    )
    embedded.start(data_dir)
    create_database(settings, TEMPLATE)
    with connect(settings, database=TEMPLATE) as connection:
        apply_init_sql(connection, settings.sql_init_dir)
    return settings


@pytest.fixture(scope="session")
def mortal_server() -> Iterator[Settings]:
    """A server of these tests alone: others would notice when it dies."""
    with TemporaryDirectory(prefix="c360-mortal-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        settings = make_server(Path(directory))
        yield settings
        embedded.stop(settings.data_dir)


def make_database(server: Settings, data_dir: Path) -> Settings:
    """Return settings of a new database on the mortal server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                SQL("create database {} template {}").format(Identifier(name), Identifier(TEMPLATE))
            )
    url = f"postgresql://postgres@/{name}?host={embedded.socket_dir(server.data_dir)}"
    settings = Settings(data_dir=data_dir, database_url=url, _env_file=None)
    with connect(settings) as connection:
        apply_init_sql(connection, settings.sql_init_dir)
    return settings


@pytest.fixture
def database(mortal_server: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh database; its server may have died before and may die again."""
    embedded.start(mortal_server.data_dir)
    settings = make_database(mortal_server, tmp_path / "data")
    yield settings
    embedded.start(mortal_server.data_dir)
    name = parse_dsn(dsn(settings))["dbname"]
    with connect(mortal_server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def leftovers(settings: Settings) -> list[tuple[object, ...]]:
    """Return locks and sessions of others that are left in the database."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(
            """
            select activity.pid, activity.state, activity.application_name, locks.locktype
            from pg_stat_activity as activity
            left join pg_locks as locks on activity.pid = locks.pid
            where
                activity.datname = current_database()
                and activity.pid <> pg_backend_pid()
                and activity.backend_type = 'client backend'
            """
        )
        return cursor.fetchall()


def await_no_leftovers(settings: Settings, seconds: float = 20) -> None:
    """Fail unless the server lets everything of dead clients go."""
    deadline = time.monotonic() + seconds
    while left := leftovers(settings):
        assert time.monotonic() < deadline, f"of dead clients there is left: {left}"
        time.sleep(0.05)
