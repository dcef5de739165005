"""The real project from files to readers, through partial and whole builds, and back.

The first build is a plain `dbt build` on a database without a single model, unit tests and all; the
commands after the publication are those that a person types.
"""

import json
from datetime import UTC, datetime

import psycopg2
import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.publishing.commands import publish_build, rollback_publication, show_status
from customer360.settings import Settings
from customer360.transformation.commands import build_warehouse
from customer360.transformation.dbt_runner import DbtFailed, run_dbt
from data_generators.config import GeneratorConfig
from data_generators.generate import generate

MARTS = {"dim_customers", "fct_transactions", "customer_rfm", "customer_360", "cohort_retention"}
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
RECONCILES = "assert_customer_records_reconcile_with_raw"


def query(settings: Settings, sql: str, role: str | None = None) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    with connect(settings, role=role) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def marts_in(settings: Settings, schema: str, kind: str) -> set[object]:
    """Return the names of the tables ('r') or views ('v') in a schema."""
    sql = "select relname from pg_class where relnamespace = '{}'::regnamespace and relkind = '{}'"
    return {name for (name,) in query(settings, sql.format(schema, kind))}


def exported_publication(settings: Settings) -> object:
    """Return the id of the publication that the newest extracts are of."""
    manifest = settings.exports_dir / "latest" / "manifest.json"
    return json.loads(manifest.read_text())["publication_id"]


def lose_a_record(settings: Settings) -> None:
    """Take one customer record out of the resolved identities."""
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "delete from identity.identity_customers where source_customer_key in "
            "(select min(source_customer_key) from identity.identity_customers)"
        )


def test_whole_way_and_back(database: Settings) -> None:
    console = Console(record=True, width=160)
    ensure_database(database)
    generate(GeneratorConfig(customers=200, output=database.data_dir))
    for file in pending_files(database):
        assert load_file(database, file).status == "loaded"

    run_dbt(database, ["build"], "by hand")
    assert publish_build(database, console, NOW) == 0
    assert exported_publication(database) == 1
    published = marts_in(database, "warehouse", "r")
    assert published >= MARTS
    assert marts_in(database, "warehouse_next", "v") == published
    ((customers,),) = query(database, "select count(*) from warehouse.customer_360", "c360_bi")
    assert isinstance(customers, int)
    assert 0 < customers < 200
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(database, "select email from warehouse.dim_customers_personal", "c360_bi")

    run_dbt(database, ["docs", "generate"], "docs")
    run_dbt(database, ["test", "--select", "customer_rfm"], "partial")
    run_dbt(database, ["run", "--select", "customer_rfm"], "partial")
    assert marts_in(database, "warehouse_next", "r") == {"customer_rfm"}
    assert publish_build(database, console, NOW) == 1
    assert "has no result for" in console.export_text()

    lose_a_record(database)
    with pytest.raises(DbtFailed, match=RECONCILES):
        run_dbt(database, ["test", "--select", RECONCILES], "partial")

    assert build_warehouse(database, None, console) == 0
    assert publish_build(database, console, NOW) == 0
    assert build_warehouse(database, "marts", console) == 2
    assert "is published: it must not change" in console.export_text()
    assert rollback_publication(database, console, NOW) == 0
    assert exported_publication(database) == 3
    assert query(database, "select kind from ops.publications order by publication_id") == [
        ("publish",),
        ("publish",),
        ("rollback",),
    ]
    assert marts_in(database, "warehouse", "r") == published
    assert marts_in(database, "warehouse_next", "v") == published
    assert show_status(database, console, NOW) == 0
    assert "shop.customers" in console.export_text()
