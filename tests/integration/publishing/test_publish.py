"""A publication swaps the whole build in, or nothing."""

from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from customer360.database.connection import connect
from customer360.publishing import publisher
from customer360.publishing.publisher import WarehouseBusy, publish, rollback
from customer360.publishing.results import GatesFailed
from tests.integration.publishing.conftest import MARTS, ORDER, RULES, STAGING, Shop


def test_first_publication_replaces_the_empty_warehouse_and_leaves_no_previous_one(
    shop: Shop,
) -> None:
    build_id = shop.build(1)
    publication = publish(shop.settings, rules=RULES)
    assert publication.build_id == build_id
    assert publication.replaced_build_id is None
    assert publication.table_rows == {"customers": 10, "transactions": 10}
    assert shop.generation() == 1
    assert shop.schemas() == {"warehouse", "warehouse_next"}


def test_each_publication_keeps_one_generation_and_drops_the_one_before(shop: Shop) -> None:
    for generation in (1, 2, 3):
        shop.build(generation)
        assert publish(shop.settings, rules=RULES).warnings == ()
    assert shop.generation() == 3
    assert shop.generation("warehouse_previous") == 2
    assert shop.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}


def test_publication_is_recorded(shop: Shop) -> None:
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    recorded = shop.rows(
        "select build_id, kind, replaced_build_id, table_rows from ops.publications "
        "order by publication_id"
    )
    counts = {"customers": 10, "transactions": 10}
    assert recorded == [
        ("build-1", "publish", None, counts),
        ("build-2", "publish", "build-1", counts),
    ]


def test_readers_get_their_columns_at_once_and_nothing_of_the_other_generations(
    shop: Shop,
) -> None:
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    assert shop.rows("select max(id) from warehouse.customers", role="c360_bi") == [(10,)]
    assert shop.rows("select max(amount) from warehouse.customers", role="c360_pii") == [(5,)]
    for role, query in (
        ("c360_bi", "select amount from warehouse.customers"),
        ("c360_pii", "select 1 from warehouse_previous.customers"),
        ("c360_pii", "select 1 from warehouse_next.customers"),
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            shop.rows(query, role=role)


def test_warehouse_next_shows_the_live_marts_as_views_that_dbt_may_replace(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    assert shop.relations("warehouse_next") == dict.fromkeys(MARTS, "v")
    assert shop.generation("warehouse_next") == 1
    owners = shop.rows("select distinct viewowner from pg_views where schemaname like 'warehouse%'")
    assert owners == [("c360_transformer",)]
    shop.make_table("customers", 9)
    assert shop.relations("warehouse_next") == {"customers": "r", "transactions": "v"}


def test_build_is_not_published_twice(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    with pytest.raises(GatesFailed, match="was published before"):
        publish(shop.settings, rules=RULES)
    assert shop.generation() == 1


def test_partial_build_after_a_publication_is_refused_and_a_full_one_is_not(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    partial = shop.start("partial", "run")
    shop.make_table("customers", 2)
    shop.finish("partial", partial, ("model.shop.customers",))
    with pytest.raises(GatesFailed, match=r"dbt run at .* has no result for .*transactions"):
        publish(shop.settings, rules=RULES)
    assert shop.generation() == 1
    shop.build(3)
    publish(shop.settings, rules=RULES)
    assert {shop.generation(table=table) for table in MARTS} == {3}


def test_partial_run_on_top_of_a_whole_build_spoils_it(shop: Shop) -> None:
    shop.build(1)
    partial = shop.start("partial", "run")
    shop.finish("partial", partial, ("model.shop.customers",))
    with pytest.raises(GatesFailed, match="complete"):
        publish(shop.settings, rules=RULES)
    assert shop.relations("warehouse") == {}


def test_build_killed_half_way_is_not_published(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    first = shop.start("killed")
    shop.finish("killed", first, (STAGING,))
    shop.start("killed")
    shop.make_table("customers", 2)
    with pytest.raises(GatesFailed, match="was killed"):
        publish(shop.settings, rules=RULES)
    assert shop.generation() == 1


def test_layer_killed_while_it_was_repeated_spoils_a_build_that_was_whole(shop: Shop) -> None:
    build_id = shop.build(1)
    shop.start(build_id)
    shop.make_table("customers", 2)
    with pytest.raises(GatesFailed, match="still runs or was killed"):
        publish(shop.settings, rules=RULES)
    repeated = shop.start(build_id)
    shop.finish(build_id, repeated, ORDER[1:])
    assert publish(shop.settings, rules=RULES).build_id == build_id


def test_dbt_that_starts_after_the_gates_have_looked_stops_the_publication(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.build(1)
    evaluate = publisher.evaluate_gates

    def evaluate_then_run_dbt(*args: object, **options: object) -> object:
        report = evaluate(*args, **options)  # type: ignore[arg-type]
        shop.start("late", "run")
        return report

    monkeypatch.setattr(publisher, "evaluate_gates", evaluate_then_run_dbt)
    with pytest.raises(GatesFailed, match="dbt began to write again"):
        publish(shop.settings, rules=RULES)
    assert shop.relations("warehouse") == {}


def test_of_two_publications_at_once_one_is_refused(shop: Shop) -> None:
    shop.build(1)

    def attempt(_: int) -> str:
        try:
            return publish(shop.settings, rules=RULES).build_id
        except GatesFailed:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, range(2)))
    assert outcomes == ["build-1", "refused"]


def test_what_the_project_does_not_know_is_dropped_from_the_new_generation(shop: Shop) -> None:
    shop.build(1)
    shop.execute("create table warehouse_next.abandoned as select 1 as id")
    shop.execute(
        "create view warehouse_next.abandoned_view as select * from warehouse_next.abandoned"
    )
    publish(shop.settings, rules=RULES)
    assert shop.relations("warehouse") == dict.fromkeys(MARTS, "r")


def test_failing_exchange_leaves_the_warehouse_as_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    shop.build(2)

    def fail(*_: object) -> None:
        raise psycopg2.errors.DiskFull("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(publisher.relations, "renew_views_of_live", fail)
        with pytest.raises(psycopg2.errors.DiskFull):
            publish(shop.settings, rules=RULES)
    assert shop.generation() == 1
    assert shop.generation("warehouse_next") == 2
    assert publish(shop.settings, rules=RULES).build_id == "build-2"


def test_lock_in_the_way_ends_in_a_clear_refusal(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(publisher, "_ATTEMPTS", 2)
    shop.build(1)
    with connect(shop.settings) as holder:
        holder.cursor().execute(
            "select pg_advisory_xact_lock_shared(hashtext('customer360'), hashtext('publication'))"
        )
        with pytest.raises(WarehouseBusy, match="the warehouse is as it was"):
            publish(shop.settings, rules=RULES)
    assert publish(shop.settings, rules=RULES).build_id == "build-1"


def test_someones_view_on_a_retired_generation_is_kept_and_named(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    with connect(shop.settings) as admin, admin:
        admin.cursor().execute("create view public.mine as select * from warehouse.customers")
    for generation in (2, 3):
        shop.build(generation)
        publication = publish(shop.settings, rules=RULES)
    (warning,) = publication.warnings
    assert "warehouse_retired_3 stays" in warning
    assert "view mine" in warning
    with connect(shop.settings) as admin, admin:
        admin.cursor().execute("drop view public.mine")
    shop.build(4)
    assert publish(shop.settings, rules=RULES).warnings == ()
    assert shop.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}


def test_no_view_is_lost_over_publications_rollbacks_and_partial_builds(shop: Shop) -> None:
    """Views hold on to tables, so a forgotten one would vanish with the generation it shows."""
    shop.build(1)
    publish(shop.settings, rules=RULES)
    shop.build(2)
    publish(shop.settings, rules=RULES)
    shop.make_table("customers", 20)
    rollback(shop.settings)
    assert shop.generation("warehouse_next", "transactions") == 1
    for generation in (3, 4, 5):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
        assert {shop.generation(table=table) for table in MARTS} == {generation}
        assert shop.relations("warehouse") == dict.fromkeys(MARTS, "r")
        assert {shop.generation("warehouse_next", table) for table in MARTS} == {generation}
