"""Whatever dies while dbt builds: the next build alone makes it whole, and is published."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.publishing.publisher import publish
from customer360.publishing.rules import GateRules
from customer360.settings import PROJECT_DIR, Settings
from customer360.transformation.build import new_build_id, run_layer
from customer360.transformation.dbt_runner import DbtFailed
from customer360.transformation.events import Event
from customer360.transformation.layers import Layer
from tests.faults.conftest import await_no_leftovers
from tests.faults.injection import kill_server, run_struck, until_done
from tests.integration.transformation.conftest import write_model

WHOLE = Layer("whole", ("config.schema:staging", "config.schema:warehouse_next"), True)  # noqa: FBT003
RULES = GateRules.model_validate({"rows": {"default": {"max_loss_share": 0.5}}})
EVENTS = 25
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
_MART = "select id, pg_sleep(0.05)::text as slept from {{ ref('stg_people') }}"


@pytest.fixture
def shop(database: Settings, tmp_path: Path) -> Settings:
    """A dbt project with memory and two slow marts, whose first build is published."""
    project = tmp_path / "project" / "dbt_project"
    shutil.copytree(PROJECT_DIR / "dbt_project/macros/hooks", project / "macros")
    shutil.copy(PROJECT_DIR / "dbt_project/profiles.yml", project)
    (project / "dbt_project.yml").write_text(_PROJECT)
    write_model(project, "staging/stg_people", _STAGING)
    write_model(project, "marts/people", _MART)
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


def kill_dbt() -> None:
    """Kill the dbt process of this very process."""
    for child in psutil.Process().children(recursive=True):
        child.kill()


def strike(kind: str, settings: Settings, data_dir: Path) -> None:
    """Let something die: dbt, its connections, the server, whoever started dbt, or all of it."""
    if kind in {"dbt", "everything"}:
        kill_dbt()
    if kind == "connection":
        execute(
            settings,
            "select pg_terminate_backend(pid) from pg_stat_activity where "
            "application_name = 'customer360-dbt' and datname = current_database()",
        )
    if kind in {"server", "everything"}:
        kill_server(data_dir)
    if kind in {"worker", "everything"}:
        os.kill(os.getpid(), signal.SIGKILL)


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


@pytest.mark.seeds(2, 60)
def test_build_is_struck_at_any_moment(shop: Settings, mortal_server: Settings, seed: int) -> None:
    rng = random.Random(seed)
    kind = rng.choice(("dbt", "connection", "server", "worker", "everything"))
    moment, delay = rng.randint(1, EVENTS), rng.random() / 2
    seen = 0

    def on_event(_: Event) -> None:
        nonlocal seen
        seen += 1
        if seen == moment:
            time.sleep(delay)
            strike(kind, shop, mortal_server.data_dir)

    def work() -> None:
        try:
            build(shop, on_event)
        except DbtFailed:
            return

    run_struck(None, work)
    embedded.start(mortal_server.data_dir)
    assert column(shop, "select id from warehouse.people") == [1]
    until_done(partial(build, shop))
    publish(shop, rules=RULES)
    require_whole(shop)


@pytest.mark.seeds(1, 10)
def test_dbt_ends_with_a_killed_worker_and_keeps_others_away_till_then(
    shop: Settings, seed: int
) -> None:
    write_model(shop.dbt_project_dir, "marts/people", _MART.replace("0.05", "30"))

    def kill_worker(event: Event) -> None:
        if "START sql table model warehouse_next.people" in event.message:
            time.sleep(seed / 10)
            os.kill(os.getpid(), signal.SIGKILL)

    code, _ = run_struck(None, lambda: build(shop, kill_worker))
    assert code == -signal.SIGKILL
    write_model(shop.dbt_project_dir, "marts/people", _MART)
    until_done(partial(build, shop))
    publish(shop, rules=RULES)
    require_whole(shop)


@pytest.mark.seeds(1, 10)
def test_of_two_builds_at_once_one_is_refused(shop: Settings, seed: int) -> None:
    refusals: list[int | None] = []

    def on_event(event: Event) -> None:
        if "START" in event.message and not refusals:
            time.sleep(seed / 10)
            refusals.append(run_struck(None, lambda: build(shop))[0])

    build(shop, on_event)
    assert refusals == [1]
    publish(shop, rules=RULES)
    require_whole(shop)
