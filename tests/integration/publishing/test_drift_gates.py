"""A defect of each kind in the values of a mart is stopped, and what is no defect is not."""

import numpy as np
import pytest

from customer360.publishing.drift import population_stability
from customer360.publishing.gates import evaluate_gates, override_gates
from customer360.publishing.profiles import Bucket
from customer360.publishing.publisher import publish
from customer360.publishing.results import GateResult
from customer360.publishing.rules import GateRules, load_rules
from tests.integration.publishing.conftest import RULES, Shop

DRIFT = GateRules.model_validate(
    RULES.model_dump()
    | {
        "nulls": {
            "default": {"max_rise_share": 0.05},
            "min_rows": 100,
            "columns": {"customers.nickname": {"max_rise_share": 0.5}},
        },
        "distributions": {
            "min_rows": 100,
            "columns": [
                {"table": "customers", "column": "segment", "max_index": 0.25},
                {"table": "customers", "column": "age", "max_index": 0.25},
            ],
        },
        "freshness": {
            "tables": [{"table": "customers", "column": "seen_date", "max_days_back": 2}]
        },
    }
)
ROWS = 400
GOOD = {
    "email": "'x'",
    "nickname": "'x'",
    "segment": "case when id %% 4 = 0 then 'best' else 'good' end",
    "age": "18 + id %% 60",
    "seen_date": "date '2026-01-01' + (id %% 30)",
}


def build(shop: Shop, generation: int, rows: int = ROWS, **columns: str) -> None:
    """Build whole, with these expressions instead of good ones in the table of customers."""
    shop.build(generation, rows=rows)
    values = ", ".join(f"{expression} as {name}" for name, expression in (GOOD | columns).items())
    shop.execute(
        "create table warehouse_next.richer as "
        f"select customers.*, {values} from warehouse_next.customers;"
        "drop table warehouse_next.customers;"
        "alter table warehouse_next.richer rename to customers;".replace("%%", "%")
    )


def findings(shop: Shop, rules: GateRules = DRIFT) -> dict[str, GateResult]:
    """Return the failed gates by name."""
    return {result.name: result for result in evaluate_gates(shop.settings, rules=rules).failed}


@pytest.fixture
def live(shop: Shop) -> Shop:
    """A shop whose first generation readers see."""
    build(shop, 1)
    publish(shop.settings, rules=DRIFT)
    return shop


def test_same_values_pass_every_gate(live: Shop) -> None:
    build(live, 2)
    report = evaluate_gates(live.settings, rules=DRIFT)
    assert report.failed == ()
    judged = {result.name for result in report.results if result.gate in ("nulls", "distribution")}
    assert judged == {
        "nulls:customers",
        "nulls:transactions",
        "distribution:customers.segment",
        "distribution:customers.age",
    }


def test_emptied_column_is_stopped_with_the_rows_that_lost_their_value(live: Shop) -> None:
    build(live, 2, email="case when id > 40 then 'x' end")
    (result,) = findings(live).values()
    assert (result.name, result.observed) == ("nulls:customers.email", "10.0% nulls")
    assert "live: 0.0%" in result.message
    kept = live.rows("select row_values from ops.gate_failed_rows order by row_number")
    assert len(kept) == 20
    assert all(row["id"] <= 40 for (row,) in kept)  # type: ignore[index]


def test_column_has_a_threshold_of_its_own(live: Shop) -> None:
    build(live, 2, nickname="case when id > 160 then 'x' end")
    assert findings(live) == {}
    build(live, 3, nickname="case when id > 240 then 'x' end")
    assert set(findings(live)) == {"nulls:customers.nickname"}


def test_moved_categories_are_stopped_and_named(live: Shop) -> None:
    build(live, 2, segment="case when id %% 4 = 0 then 'good' else 'best' end")
    (result,) = findings(live).values()
    assert result.name == "distribution:customers.segment"
    assert "75.0% of the rows; live: 25.0%" in result.message
    expected = (0.75 - 0.25) * np.log(0.75 / 0.25) * 2
    assert result.observed == f"index {expected:.3f}"
    kept = live.rows("select row_values from ops.gate_failed_rows")
    assert {"bucket": "best", "rows": 300, "rows_live": 100} in [row for (row,) in kept]


def test_moved_numbers_are_stopped(live: Shop) -> None:
    build(live, 2, age="1000 * (18 + id %% 60)")  # cents instead of euros, metres of kilometres
    assert set(findings(live)) == {"distribution:customers.age"}


def test_small_move_passes(live: Shop) -> None:
    build(live, 2, segment="case when id %% 3 = 0 then 'best' else 'good' end")
    assert findings(live) == {}


def test_tenths_hold_every_value_once(live: Shop) -> None:
    build(live, 2, age="case when id %% 2 = 0 then -5 else 18 + id %% 60 end")
    result = findings(live)["distribution:customers.age"]
    live_ages = np.array([18 + number % 60 for number in range(1, ROWS + 1)])
    new_ages = np.where(np.arange(1, ROWS + 1) % 2 == 0, -5, live_ages)
    edges = np.unique(np.percentile(live_ages, range(10, 100, 10), method="inverted_cdf"))
    live_counts, new_counts = (
        np.bincount(np.digitize(ages, edges), minlength=len(edges) + 1)
        for ages in (live_ages, new_ages)
    )
    expected = population_stability(
        [
            Bucket(str(place), int(new), int(old))
            for place, (new, old) in enumerate(zip(new_counts, live_counts, strict=True))
        ]
    )
    assert result.observed == f"index {expected:.3f}"


def test_older_days_are_stopped(live: Shop) -> None:
    build(live, 2, seen_date="date '2026-01-28'")
    assert findings(live) == {}
    build(live, 3, seen_date="date '2026-01-27'")
    (result,) = findings(live).values()
    assert result.name == "freshness:customers.seen_date"
    assert (result.observed, result.expected) == ("2026-01-27", "2026-01-28 or later")


def test_build_as_of_an_earlier_day_is_stopped(shop: Shop) -> None:
    for generation, day in ((1, "2026-02-02"), (2, "2026-02-01")):
        build(shop, generation)
        with_day = f"update ops.builds set as_of_date = '{day}' where build_id = %s"
        shop.as_superuser(with_day, [f"build-{generation}"])
        if generation == 1:
            publish(shop.settings, rules=DRIFT)
    assert set(findings(shop)) == {"freshness:as of"}
    override_gates(shop.settings, ["freshness:as of"], "yesterday is replayed", rules=DRIFT)
    publish(shop.settings, rules=DRIFT)
    assert shop.generation(table="transactions") == 2


def test_few_rows_are_not_judged(shop: Shop) -> None:
    build(shop, 1, rows=50)
    publish(shop.settings, rules=DRIFT)
    build(shop, 2, rows=50, email="null::text", segment="'best'", age="id * 1000")
    assert findings(shop) == {}


def test_rule_for_a_column_that_is_gone_fails(live: Shop) -> None:
    content = DRIFT.model_dump()
    content["nulls"]["columns"] = {"customers.surname": {"max_rise_share": 0.5}}
    content["distributions"]["columns"][0]["column"] = "tier"
    content["freshness"]["tables"][0]["column"] = "left_date"
    build(live, 2)
    assert set(findings(live, GateRules.model_validate(content))) == {
        "rules:customers.surname",
        "rules:customers.tier",
        "rules:customers.left_date",
    }


def test_project_has_a_guard_of_each_kind() -> None:
    rules = load_rules()
    assert rules.reconciliation
    assert rules.totals
    assert rules.nulls is not None
    assert rules.distributions.columns
    assert rules.freshness is not None
    assert rules.freshness.tables
