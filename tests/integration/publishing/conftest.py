"""A project of two marts, built by hand as dbt builds: tables in warehouse_next, rows in ops."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from customer360.publishing.results import GateReport, GateResult
from customer360.publishing.rules import GateRules
from customer360.settings import Settings
from customer360.transformation.dbt_runner import target_dir

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MARTS = ("customers", "transactions")
STAGING = "model.shop.stg_customers"
CUSTOMERS = "model.shop.customers"
TRANSACTIONS = "model.shop.transactions"
RECONCILES = "test.shop.assert_rows_reconcile"
WARNS = "test.shop.looks_odd"
ORDER = (STAGING, CUSTOMERS, TRANSACTIONS, RECONCILES, WARNS)
PARENTS = {
    STAGING: ["source.shop.raw.customers"],
    CUSTOMERS: [STAGING],
    TRANSACTIONS: [CUSTOMERS],
    RECONCILES: [STAGING, TRANSACTIONS],
    WARNS: [CUSTOMERS],
}
RULES = GateRules.model_validate(
    {
        "reconciliation": ["assert_rows_reconcile"],
        "rows": {"default": {"max_loss_share": 0.1}, "tables": {"customers": {"min_rows": 1}}},
        "totals": [{"table": "transactions", "column": "amount", "max_loss_share": 0.2}],
    }
)


@dataclass
class Shop:
    """The hand-made project in one database; each generation's rows carry its number."""

    settings: Settings
    ticks: Iterator[int]

    def now(self) -> datetime:
        """Return a moment later than each before."""
        return EPOCH + timedelta(seconds=next(self.ticks))

    def build(
        self,
        generation: int,
        *,
        rows: int = 10,
        amount: int = 5,
        marts: tuple[str, ...] = MARTS,
        statuses: Mapping[str, str] | None = None,
    ) -> str:
        """Build whole: the marts' tables, and a result for every node."""
        build_id = f"build-{generation}"
        invocation_id = self.start(build_id)
        for mart in marts:
            self.make_table(mart, generation, rows, amount)
        self.finish(build_id, invocation_id, statuses=statuses)
        return build_id

    def start(self, build_id: str, command: str = "build") -> str:
        """Record that a dbt command began, as on-run-start does; dbt then writes its manifest."""
        started_at = self.now()
        invocation_id = f"{build_id}/{command}@{started_at:%M%S}"
        self.execute(
            "insert into ops.builds (build_id, invocation_id, dbt_command, started_at) "
            "values (%s, %s, %s, %s)",
            [build_id, invocation_id, command, started_at],
        )
        self.write_manifest(invocation_id)
        return invocation_id

    def finish(
        self,
        build_id: str,
        invocation_id: str,
        nodes: tuple[str, ...] = ORDER,
        statuses: Mapping[str, str] | None = None,
    ) -> None:
        """Record results, one second each, as on-run-end does."""
        for node in nodes:
            status = (statuses or {}).get(node, "pass" if node.startswith("test") else "success")
            self.execute(
                "insert into ops.node_results values "
                "(%s, %s, %s, %s, 'marts', %s, 0, 0, %s, %s, 1, 'told by dbt')",
                [build_id, invocation_id, node, node.split(".")[0], status, self.now(), self.now()],
            )

    def make_table(self, name: str, generation: int, rows: int = 10, amount: int = 5) -> None:
        """Replace the relation by a table in one transaction, as dbt does."""
        self.execute(
            f"""
            create table warehouse_next.{name}__dbt_tmp as
            select {generation} as generation, n as id, {amount}::numeric(14, 2) as amount
            from generate_series(1, {rows}) as n;
            do $$ begin
                if exists (select from pg_views where schemaname = 'warehouse_next'
                           and viewname = '{name}') then
                    alter view warehouse_next.{name} rename to {name}__dbt_backup;
                    alter table warehouse_next.{name}__dbt_tmp rename to {name};
                    drop view warehouse_next.{name}__dbt_backup cascade;
                else
                    drop table if exists warehouse_next.{name} cascade;
                    alter table warehouse_next.{name}__dbt_tmp rename to {name};
                end if;
            end $$;
            grant select on warehouse_next.{name} to c360_pii;
            grant select (generation, id) on warehouse_next.{name} to c360_bi;
            """,
        )

    def write_manifest(self, invocation_id: str, without: tuple[str, ...] = ()) -> None:
        """Write the manifest where pipeline runs of dbt write it."""
        nodes = {key: _manifest_entry(key) for key in ORDER if key not in without}
        content = {"metadata": {"invocation_id": invocation_id}, "nodes": nodes}
        path = target_dir(self.settings) / "manifest.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def execute(self, sql: str, values: list[object] | None = None) -> None:
        """Run SQL as dbt does."""
        with connect(self.settings, role="c360_transformer") as connection, connection:
            connection.cursor().execute(sql, values)

    def as_superuser(self, sql: str, values: list[object] | None = None) -> None:
        """Run SQL that no role of the pipeline may."""
        with connect(self.settings) as connection, connection:
            connection.cursor().execute(sql, values)

    def rows(self, sql: str, role: str = "c360_operator") -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with connect(self.settings, role=role) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def generation(self, schema: str = "warehouse", table: str = "customers") -> int:
        """Return the generation that a table or view shows."""
        query = SQL("select distinct generation from {}").format(Identifier(schema, table))
        with connect(self.settings, role="c360_pii" if schema == "warehouse" else None) as db:
            cursor = db.cursor()
            cursor.execute(query)
            ((found,),) = cursor.fetchall()
        return int(found)

    def schemas(self) -> set[str]:
        """Return the schemas that belong to publications."""
        found = self.rows("select nspname from pg_namespace where nspname like 'warehouse%'")
        return {str(name) for (name,) in found}

    def relations(self, schema: str) -> dict[str, str]:
        """Return relkind by name."""
        query = "select relname, relkind from pg_class where relkind in ('r', 'v') and "
        return dict(self.rows(f"{query} relnamespace = '{schema}'::regnamespace"))  # type: ignore[arg-type]


def failed(report: GateReport) -> dict[tuple[str, str], GateResult]:
    """Return the failed gates by name and subject."""
    return {(result.gate, result.subject): result for result in report.failed}


def _manifest_entry(unique_id: str) -> dict[str, object]:
    resource_type, _, name = unique_id.split(".")
    schema = {STAGING: "staging", CUSTOMERS: "warehouse_next", TRANSACTIONS: "warehouse_next"}
    return {
        "unique_id": unique_id,
        "resource_type": resource_type,
        "name": name,
        "alias": name,
        "schema": schema.get(unique_id, "test_failures"),
        "original_file_path": f"models/{name}.sql",
        "config": {
            "materialized": "table",
            "severity": "warn" if unique_id == WARNS else "ERROR",
        },
        "depends_on": {"nodes": PARENTS[unique_id]},
        "test_metadata": {"name": "well_formed", "kwargs": {"key": ["id"]}},
        "attached_node": {WARNS: CUSTOMERS, RECONCILES: TRANSACTIONS}.get(unique_id),
    }


@pytest.fixture
def shop(database: Settings) -> Shop:
    """An empty warehouse and a project that fills it."""
    return Shop(database, count(1))
