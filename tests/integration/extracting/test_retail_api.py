"""The partner's retail system, whole: its API and its database are pulled, loaded and add up."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.extracting.commands import pull_feeds
from customer360.extracting.definitions import load_pulls
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.settings import PROJECT_DIR, Settings
from tests.conftest import fresh_database
from tests.integration.extracting.api_server import ApiServer
from tests.integration.extracting.conftest import NOW, execute

FIXTURES = PROJECT_DIR / "tests/fixtures/retail_api"
TABLES = {
    "products": "product_id int primary key, product_name text, category text, price numeric",
    "stores": "store_id int primary key, store_name text, location text",
    "transactions": "transaction_id int primary key, customer_id int, product_id int, store_id int,"
    " quantity int, transaction_date date",
}


@pytest.fixture
def settings(server: Settings, tmp_path: Path) -> Iterator[Settings]:
    with fresh_database(server, tmp_path) as fresh:
        yield fresh.model_copy(update={"project_dir": PROJECT_DIR})


@pytest.fixture
def retail_database(other_database: str) -> Iterator[str]:
    """The partner's database with the fixture's tables."""
    connection = psycopg2.connect(other_database)
    with connection, connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"create table {table} ({columns})")
            with (FIXTURES / f"{table}.csv").open("rb") as file:
                cursor.copy_expert(f"copy {table} from stdin with (format csv, header)", file)
    connection.close()
    yield other_database
    execute(other_database, f"drop table {', '.join(TABLES)}")


def pulled(settings: Settings, *feeds: str, width: int = 200) -> tuple[int, str]:
    """Run the command in a terminal so wide; return its exit code and what it shows."""
    console = Console(file=io.StringIO(), width=width)
    code = pull_feeds(settings, feeds, console, NOW)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_all_four_feeds_are_pulled_and_add_up(
    settings: Settings, retail_database: str, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.records = json.loads((FIXTURES / "customers.json").read_text())
    api.page_size = 10
    api.routes["/api/customers"] = "by_page"
    monkeypatch.setenv("C360_CONNECTION_RETAIL_API", api.url)
    monkeypatch.setenv("C360_CONNECTION_RETAIL_DATABASE", retail_database)
    code, shown = pulled(settings)
    assert code == 0, shown
    assert shown.count("pulled") == 4
    results = [load_file(settings, path) for path in pending_files(settings)]
    assert {result.status for result in results} == {"loaded"}
    assert rows(
        settings,
        "select (select count(*) from raw.retail_api__customers),"
        " (select count(*) from raw.retail_api__stores), count(*), sum(quantity::int),"
        " sum(quantity::int * price::numeric) from raw.retail_api__transactions"
        " inner join raw.retail_api__products using (product_id)",
    ) == [(27, 5, 50, 142, 177_585)]
    assert pulled(settings)[0] == 0
    (overlap,) = pending_files(settings)  # the last week's sales, as the entry asks for
    assert load_file(settings, overlap).rows_loaded < 50
    assert pulled(settings)[0] == 0
    assert pending_files(settings) == []


def test_feeds_without_a_connection_are_skipped_unless_they_are_named(
    settings: Settings, retail_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("C360_CONNECTION_RETAIL_DATABASE", retail_database)
    code, shown = pulled(settings)
    assert code == 0
    assert "skipped" in shown
    code, shown = pulled(settings, "retail_api.customers")
    assert code == 1
    assert "set C360_CONNECTION_RETAIL_API to a URL" in shown
    code, shown = pulled(settings, "shop.customers")
    assert code == 1
    assert "no `pull` entry" in shown


def test_a_feed_that_fails_does_not_keep_the_others(
    settings: Settings, retail_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(retail_database, "alter table stores rename to shops")
    monkeypatch.setenv("C360_CONNECTION_RETAIL_DATABASE", retail_database)
    code, shown = pulled(settings)
    execute(retail_database, "alter table shops rename to stores")
    assert code == 1
    assert '"stores" does not exist' in shown
    assert len(pending_files(settings)) == 2


def test_a_bad_secret_fails_its_own_feeds_only_and_is_told_in_full(
    settings: Settings, retail_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in (("missing", None), ("empty", b"\n"), ("binary", b"\xff\xfe")):
        secret = tmp_path / f"secret_that_is_{name}"
        if content is not None:
            secret.write_bytes(content)
        monkeypatch.setenv("C360_CONNECTION_RETAIL_API_FILE", str(secret))
        monkeypatch.setenv("C360_CONNECTION_RETAIL_DATABASE", retail_database)
        code, shown = pulled(settings, width=80)
        assert code == 1
        assert shown.count("pulled") == 3
        assert "failed" in shown
        cells = [line.split("│")[5].strip() for line in shown.splitlines() if line.count("│") > 5]
        assert "C360_CONNECTION_RETAIL_API_FILE" in "".join(cells)
        assert secret.name in "".join(cells)


def test_the_projects_pulls_can_be_read() -> None:
    pulls = load_pulls(PROJECT_DIR / "dbt_project")
    assert {"retail_api.customers", "retail_api.transactions"} <= pulls.keys()
