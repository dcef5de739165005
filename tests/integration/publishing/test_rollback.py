"""A rollback puts the generation before back, at once, and can itself be taken back."""

import time

import pytest

from customer360.publishing.publisher import NothingToRollBack, publish, rollback
from customer360.publishing.results import GatesFailed
from tests.integration.publishing.conftest import MARTS, RULES, Shop


@pytest.fixture
def published_twice(shop: Shop) -> Shop:
    """Generation 2 is live, generation 1 the previous one."""
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    return shop


def test_nothing_published_says_so(shop: Shop) -> None:
    with pytest.raises(NothingToRollBack, match="no generation before"):
        rollback(shop.settings)


def test_first_publication_has_nothing_before_it(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    with pytest.raises(NothingToRollBack, match="no generation before"):
        rollback(shop.settings)
    assert shop.generation() == 1


def test_rollback_exchanges_both_generations_within_a_second(published_twice: Shop) -> None:
    started = time.monotonic()
    publication = rollback(published_twice.settings)
    assert time.monotonic() - started < 1
    assert (publication.kind, publication.build_id) == ("rollback", "build-1")
    assert publication.replaced_build_id == "build-2"
    assert publication.table_rows == {"customers": 10, "transactions": 10}
    assert {published_twice.generation(table=table) for table in MARTS} == {1}
    assert published_twice.generation("warehouse_previous") == 2


def test_second_rollback_goes_forward_again(published_twice: Shop) -> None:
    rollback(published_twice.settings)
    assert rollback(published_twice.settings).build_id == "build-2"
    assert published_twice.generation() == 2
    assert published_twice.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}


def test_views_of_warehouse_next_follow(published_twice: Shop) -> None:
    rollback(published_twice.settings)
    assert {published_twice.generation("warehouse_next", table) for table in MARTS} == {1}


def test_rolled_back_build_is_not_published_again_but_the_next_is(published_twice: Shop) -> None:
    rollback(published_twice.settings)
    with pytest.raises(GatesFailed, match="published before"):
        publish(published_twice.settings, rules=RULES)
    published_twice.build(3)
    publication = publish(published_twice.settings, rules=RULES)
    assert publication.replaced_build_id == "build-1"
    assert published_twice.generation("warehouse_previous") == 1
    assert rollback(published_twice.settings).build_id == "build-1"


def test_rollback_keeps_a_build_that_waits_for_its_publication(published_twice: Shop) -> None:
    published_twice.build(3)
    rollback(published_twice.settings)
    assert published_twice.relations("warehouse_next") == dict.fromkeys(MARTS, "r")
    publish(published_twice.settings, rules=RULES)
    assert published_twice.generation() == 3
