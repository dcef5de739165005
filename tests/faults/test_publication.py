"""Whatever dies while generations change: readers see one of them, and the next run goes on."""

import random
from itertools import count

import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.publishing.publisher import live_publication, publish, rollback
from customer360.settings import Settings
from tests.faults.conftest import await_no_leftovers
from tests.faults.injection import random_fault, run_struck
from tests.integration.publishing.conftest import MARTS, RULES, Shop

STEPS_OF_PUBLISH = 75
STEPS_OF_ROLLBACK = 25


@pytest.fixture
def shop(database: Settings) -> Shop:
    """A shop whose second generation is live and whose first is the previous one."""
    shop = Shop(database, count(1))
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    return shop


def live_generation(shop: Shop) -> int:
    """Return the one generation that readers see, which the record names as well."""
    (generation,) = {shop.generation(table=table) for table in MARTS}
    with connect(shop.settings) as connection, connection.cursor() as cursor:
        publication = live_publication(cursor)
    assert publication is not None
    assert publication.build_id == f"build-{generation}"
    return generation


def require_tidy(shop: Shop) -> None:
    """Fail unless schemas, grants and views are as after any publication."""
    assert shop.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}
    assert shop.relations("warehouse") == dict.fromkeys(MARTS, "r")
    assert shop.relations("warehouse_previous") == dict.fromkeys(MARTS, "r")
    for role in ("c360_bi", "c360_pii"):
        assert shop.rows("select max(id) from warehouse.customers", role=role) == [(10,)]
    open_to_readers = shop.rows(
        "select nspname from pg_namespace where nspname like 'warehouse%' "
        "and has_schema_privilege('c360_bi', oid, 'usage')"
    )
    assert open_to_readers == [("warehouse",)]
    await_no_leftovers(shop.settings)


@pytest.mark.seeds(10, 200)
def test_publication_is_struck_at_any_step(shop: Shop, mortal_server: Settings, seed: int) -> None:
    rng = random.Random(seed)
    shop.build(3)
    for _ in range(rng.randint(1, 3)):
        fault = random_fault(rng, STEPS_OF_PUBLISH, mortal_server.data_dir)
        run_struck(fault, lambda: publish_if_not_yet(shop))
        embedded.start(mortal_server.data_dir)
        await_no_leftovers(shop.settings)
        assert live_generation(shop) in {2, 3}
    publish_if_not_yet(shop)
    assert live_generation(shop) == 3
    shop.build(4)
    publish(shop.settings, rules=RULES)
    assert live_generation(shop) == 4
    require_tidy(shop)


def publish_if_not_yet(shop: Shop) -> None:
    """Publish the third generation, as the DAG's task does when it is tried again."""
    if live_generation(shop) == 2:
        publish(shop.settings, rules=RULES)


@pytest.mark.seeds(4, 100)
def test_rollback_is_struck_at_any_step(shop: Shop, mortal_server: Settings, seed: int) -> None:
    rng = random.Random(seed)
    fault = random_fault(rng, STEPS_OF_ROLLBACK, mortal_server.data_dir)
    run_struck(fault, lambda: rollback(shop.settings))
    embedded.start(mortal_server.data_dir)
    await_no_leftovers(shop.settings)
    generation = live_generation(shop)
    assert generation in {1, 2}
    rollback(shop.settings)
    assert live_generation(shop) == 3 - generation
    require_tidy(shop)


@pytest.mark.seeds(1, 1)
def test_faults_reach_from_the_first_step_to_the_last(shop: Shop, seed: int) -> None:
    shop.build(3 + seed)
    _, steps = run_struck(None, lambda: publish_if_not_yet(shop))
    assert abs(steps - STEPS_OF_PUBLISH) <= STEPS_OF_PUBLISH // 5
    _, steps = run_struck(None, lambda: rollback(shop.settings))
    assert abs(steps - STEPS_OF_ROLLBACK) <= STEPS_OF_ROLLBACK // 5
