"""A shop of two slow marts, for tests in which something dies while dbt builds them."""

import shutil
from collections.abc import Callable
from pathlib import Path

from customer360.database.connection import connect
from customer360.publishing.publisher import publish
from customer360.publishing.rules import GateRules
from customer360.settings import PROJECT_DIR, Settings
from customer360.transformation.build import new_build_id, run_layer
from customer360.transformation.events import Event
from customer360.transformation.layers import Layer
from tests.faults.conftest import await_no_leftovers
from tests.integration.transformation.conftest import write_model

WHOLE = Layer("whole", ("config.schema:staging", "config.schema:warehouse_next"), True)  # noqa: FBT003
RULES = GateRules.model_validate({"rows": {"default": {"max_loss_share": 0.5}}})
_PROJECT = """
name: shop
version: "1.0"
profile: customer360
on-run-start: "{{ record_build() }}"
on-run-end: "{{ record_node_results(results) }}"
vars: {as_of_date: null}
models:
  shop:
    staging: {+schema: staging, +materialized: incremental, +incremental_strategy: append}
    marts: {+schema: warehouse_next, +materialized: table}
"""
_STAGING = """
select people.id, pg_sleep(0.3)::text as slept
from raw.people
{% if is_incremental() %} where people.id > (select max(id) from {{ this }}) {% endif %}
"""
MART = "select id, pg_sleep(0.05)::text as slept from {{ ref('stg_people') }}"


def make_shop(database: Settings, directory: Path) -> Settings:
    """Return settings of a dbt project with memory and two marts, whose first build is published.

    Raw holds two more rows by then than the first build saw.
    """
    project = directory / "project" / "dbt_project"
    shutil.copytree(PROJECT_DIR / "dbt_project/macros/hooks", project / "macros")
    shutil.copy(PROJECT_DIR / "dbt_project/profiles.yml", project)
    (project / "dbt_project.yml").write_text(_PROJECT)
    write_model(project, "staging/stg_people", _STAGING)
    write_model(project, "marts/people", MART)
    write_model(project, "marts/fewer_people", "select id from {{ ref('people') }} where id < 3")
    execute(database, "create table raw.people as select 1 as id")
    execute(database, "grant select on raw.people to c360_transformer")
    settings = database.model_copy(update={"project_dir": project.parent})
    build(settings)
    publish(settings, rules=RULES)
    execute(settings, "insert into raw.people values (2), (3)")
    return settings


def execute(settings: Settings, statement: str) -> None:
    with connect(settings) as connection, connection:
        connection.cursor().execute(statement)


def column(settings: Settings, query: str) -> list[object]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return [value for (value,) in cursor.fetchall()]


def build(settings: Settings, on_event: Callable[[Event], None] | None = None) -> None:
    run_layer(settings, WHOLE, new_build_id(), on_event=on_event)


def require_whole(settings: Settings) -> None:
    """Fail unless every row came through once, and nothing half-made is left."""
    assert column(settings, "select id from warehouse.people order by id") == [1, 2, 3]
    assert column(settings, "select id from warehouse.fewer_people order by id") == [1, 2]
    assert column(settings, "select id from staging.stg_people order by id") == [1, 2, 3]
    assert column(settings, "select relname from pg_class where relname like '%__dbt_%'") == []
    assert column(settings, "select relname from pg_class where relpersistence = 't'") == []
    assert column(
        settings, "select nspname from pg_namespace where nspname ~ '^warehouse' order by 1"
    ) == ["warehouse", "warehouse_next", "warehouse_previous"]
    await_no_leftovers(settings)
