"""Whatever dies while dbt builds: the next build alone makes it whole, and is published."""

import os
import random
import signal
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from customer360.database import embedded
from customer360.publishing.publisher import publish
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed
from customer360.transformation.events import Event
from tests.faults.injection import kill_server, run_struck, until_done
from tests.faults.shop import MART, RULES, build, column, execute, make_shop, require_whole
from tests.integration.transformation.conftest import write_model

EVENTS = 25


@pytest.fixture
def shop(database: Settings, tmp_path: Path) -> Settings:
    """A shop with its first build published, and more in raw."""
    return make_shop(database, tmp_path)


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
    write_model(shop.dbt_project_dir, "marts/people", MART.replace("0.05", "30"))

    def kill_worker(event: Event) -> None:
        if "START sql table model warehouse_next.people" in event.message:
            time.sleep(seed / 10)
            os.kill(os.getpid(), signal.SIGKILL)

    code, _ = run_struck(None, lambda: build(shop, kill_worker))
    assert code == -signal.SIGKILL
    write_model(shop.dbt_project_dir, "marts/people", MART)
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
