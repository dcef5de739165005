"""Over-merging and drift of the matching, each planted in match_quality, stop a publication."""

import pytest

from customer360.publishing import matching
from customer360.publishing.gates import evaluate_gates, override_gates
from customer360.publishing.overrides import OverrideRefused
from customer360.publishing.publisher import publish
from customer360.publishing.results import GatesFailed
from customer360.publishing.rules import GateRules, load_rules
from tests.integration.publishing.conftest import RULES, Shop

MATCHING = GateRules.model_validate(
    RULES.model_dump()
    | {
        "matching": {
            "max_suspicious_share": 0.1,
            "max_suspicious_rise": 0.02,
            "max_records_per_customer_change": 0.1,
            "max_linked_share_change": 0.1,
            "min_records": 1_000,
        }
    }
)
STANDS_FOR_IT = "customers"  # a mart of the hand-made project
WHY = "The new feed was expected."


def build(  # noqa: PLR0913 - the figures that the gates read
    shop: Shop,
    generation: int,
    *,
    records: int = 10_000,
    customers: int = 5_000,
    many_names: int = 100,
    large: int = 100,
    linked_share: float = 0.4,
) -> None:
    """Build whole, with a match_quality of these figures."""
    shop.build(generation)
    shop.execute(
        f"drop table warehouse_next.{STANDS_FOR_IT};"
        f"create table warehouse_next.{STANDS_FOR_IT} as"
        f" select {generation} as generation, 1 as id, figures.* from (values"
        f" ('all', 'all', null::boolean, {records}::bigint, {customers}::bigint, null::numeric),"
        f" ('given_names', '1', false, {records - many_names}, 1, null),"
        f" ('given_names', '3', true, {many_names}, 1, null),"
        f" ('cluster_size', '11-20', true, {large}, 1, null),"
        " ('cluster_size', '21 or more', true, 50, 1, null),"
        f" ('source_pair', 'crm + shop', null, 4000, null, {linked_share}),"
        f" ('source_pair', 'crm + desk', null, 900, null, {1 - linked_share}),"
        " ('rule', 'match_weight', null, 7, null, null)"
        ") as figures (topic, subject, is_suspicious, records, customers, linked_share)"
    )


def findings(shop: Shop) -> set[str]:
    """Return the names of the failed gates."""
    return {result.name for result in evaluate_gates(shop.settings, rules=MATCHING).failed}


@pytest.fixture(autouse=True)
def _mart_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_TABLE", STANDS_FOR_IT)


@pytest.fixture
def live(shop: Shop) -> Shop:
    """A shop whose first generation readers see."""
    build(shop, 1)
    publish(shop.settings, rules=MATCHING)
    return shop


def test_same_figures_pass_and_each_was_judged(live: Shop) -> None:
    build(live, 2, records=10_500, customers=5_200, linked_share=0.45)
    report = evaluate_gates(live.settings, rules=MATCHING)
    assert report.failed == ()
    assert {result.subject for result in report.results if result.gate == "matching"} == {
        "over-merging",
        "records per customer",
        "suspicious given_names",
        "suspicious cluster_size",
        "linked crm + shop",
    }


def test_over_merging_stops_the_first_publication_and_nobody_waives_it(shop: Shop) -> None:
    build(shop, 1, large=951)
    (result,) = evaluate_gates(shop.settings, rules=MATCHING).failed
    assert (result.name, result.observed) == ("matching:over-merging", "10.0%")
    assert "by their cluster size" in result.message
    with pytest.raises(OverrideRefused):
        override_gates(shop.settings, ["matching:over-merging"], WHY, rules=MATCHING)
    with pytest.raises(GatesFailed, match="look like several people"):
        publish(shop.settings, rules=MATCHING)


@pytest.mark.parametrize(
    ("figures", "name"),
    [
        ({"customers": 4_500}, "matching:records per customer"),
        ({"customers": 5_600}, "matching:records per customer"),
        ({"many_names": 301}, "matching:suspicious given_names"),
        ({"linked_share": 0.29}, "matching:linked crm + shop"),
        ({"linked_share": 0.51}, "matching:linked crm + shop"),
    ],
)
def test_drift_stops_a_publication_until_it_is_overridden(
    live: Shop, figures: dict[str, float], name: str
) -> None:
    build(live, 2, **figures)  # type: ignore[arg-type]
    assert findings(live) == {name}
    with pytest.raises(GatesFailed):
        publish(live.settings, rules=MATCHING)
    assert live.generation(table="transactions") == 1
    override_gates(live.settings, [name], WHY, rules=MATCHING)
    publish(live.settings, rules=MATCHING)
    assert live.generation(table="transactions") == 2


def test_fewer_suspicious_records_are_no_drift(live: Shop) -> None:
    build(live, 2, many_names=0, large=0)
    assert findings(live) == set()


def test_few_records_are_not_compared(shop: Shop) -> None:
    build(shop, 1, records=999, customers=900, many_names=0, large=0)
    publish(shop.settings, rules=MATCHING)
    build(shop, 2, records=999, customers=500, many_names=0, large=0)
    assert findings(shop) == set()


def test_without_match_quality_nothing_is_published(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    shop.build(1)
    assert findings(shop) == {"matching:match_quality"}


def test_project_has_limits() -> None:
    assert load_rules().matching is not None
