"""Gates that compare with the live generation fail on losses and growth, unless overridden."""

import pytest
from rich.console import Console

from customer360.publishing import gates
from customer360.publishing.commands import show_gates
from customer360.publishing.gates import evaluate_gates, override_gates
from customer360.publishing.overrides import OverrideRefused
from customer360.publishing.publisher import publish
from customer360.publishing.results import GatesFailed
from customer360.publishing.rules import GateRules
from tests.integration.publishing.conftest import (
    CUSTOMERS,
    RECONCILES,
    RULES,
    TRANSACTIONS,
    Shop,
    failed,
)


def test_loss_of_rows_fails_and_can_be_overridden_with_a_reason(shop: Shop) -> None:
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=8, amount=9)
    with pytest.raises(GatesFailed, match="8 rows; live: 10") as refusal:
        publish(shop.settings, rules=RULES)
    assert {(one.gate, one.expected) for one in refusal.value.failed} == {("rows", "at least 9")}
    assert shop.generation() == 1
    report = override_gates(shop.settings, ["all"], "the old shop is closed", rules=RULES)
    assert {result.name for result in report.waived} == {"rows:customers", "rows:transactions"}
    warnings = publish(shop.settings, rules=RULES).warnings
    assert [warning.split(".")[0] for warning in warnings] == [
        "Overridden: rows:customers",
        "Overridden: rows:transactions",
    ]
    assert shop.generation() == 2
    waived = shop.rows(
        "select distinct subject, message like '%% the old shop is closed' from ops.gate_results "
        "where status = 'waived' order by 1"
    )
    assert waived == [("customers", True), ("transactions", True)]


def test_override_holds_for_one_gate_of_one_build(shop: Shop) -> None:
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=8, amount=9)
    report = override_gates(
        shop.settings, ["rows:customers"], "the old shop is closed", rules=RULES
    )
    assert set(failed(report)) == {("rows", "transactions")}
    shop.build(3, rows=8, amount=9)
    assert len(evaluate_gates(shop.settings, rules=RULES).failed) == 2


@pytest.mark.parametrize(
    ("names", "reason", "message"),
    [
        (["rows:customers"], " ok ", "--reason"),
        (["rows:staff"], "the old shop is closed", "Of this build may be: rows:customers"),
        (["successful:models, seeds and tests"], "the old shop is closed", "Not to be"),
    ],
)
def test_override_without_reason_or_of_what_must_hold_is_refused(
    shop: Shop, names: list[str], reason: str, message: str
) -> None:
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=8, amount=9, statuses={CUSTOMERS: "error"})
    with pytest.raises(OverrideRefused, match=message):
        override_gates(shop.settings, names, reason, rules=RULES)
    assert shop.rows("select 1 from ops.gate_overrides") == []


def test_rows_that_multiply_fail(shop: Shop) -> None:
    rules = RULES.model_dump()
    rules["rows"]["default"]["max_growth_factor"] = 2
    rules["totals"][0]["max_growth_factor"] = 3
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=21, amount=8)
    report = evaluate_gates(shop.settings, rules=GateRules.model_validate(rules))
    assert {name: result.expected for name, result in failed(report).items()} == {
        ("rows", "customers"): "at most 20",
        ("rows", "transactions"): "at most 20",
        ("totals", "transactions.amount"): "at most 150.00",
    }


def test_loss_within_the_threshold_passes(shop: Shop) -> None:
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=9)
    assert publish(shop.settings, rules=RULES).table_rows["customers"] == 9


def test_loss_of_money_with_all_rows_there_fails(shop: Shop) -> None:
    shop.build(1, amount=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, amount=7)
    (result,) = evaluate_gates(shop.settings, rules=RULES).failed
    assert (result.gate, result.subject) == ("totals", "transactions.amount")
    assert (result.observed, result.expected) == ("70.00", "at least 80.00")


def test_mart_that_the_project_no_longer_has_counts_as_lost(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    build_id = shop.build(2)
    (invocation_id,) = shop.rows(
        f"select invocation_id from ops.builds where build_id = '{build_id}'"
    )
    shop.write_manifest(str(invocation_id[0]), without=(TRANSACTIONS, RECONCILES))
    rules = GateRules.model_validate({"rows": {"default": {"max_loss_share": 0.1}}})
    (result,) = evaluate_gates(shop.settings, rules=rules).failed
    assert (result.gate, result.subject, result.observed) == ("rows", "transactions", "0")
    override_gates(shop.settings, ["all"], "transactions are retired", rules=rules)
    publish(shop.settings, rules=rules)
    assert shop.relations("warehouse") == {"customers": "r"}


def test_mart_that_must_not_be_empty_is_never_overridden(shop: Shop) -> None:
    shop.build(1, rows=0)
    with pytest.raises(OverrideRefused, match="Of this build may be: none"):
        override_gates(shop.settings, ["rows:customers"], "there are no customers", rules=RULES)
    with pytest.raises(GatesFailed, match="customers"):
        publish(shop.settings, rules=RULES)


def test_command_names_the_lost_rows_and_the_override_that_it_then_takes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "load_rules", lambda: RULES)
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=8, amount=9)
    console = Console(record=True, width=160)
    assert show_gates(shop.settings, console) == 1
    text = console.export_text()
    assert "rows:customers: 8 rows; live: 10." in text
    assert text.count("    id 9\n") == text.count("    id 10\n") == 2
    assert "customer360 gates --override 'rows:customers' --reason" in text
    assert show_gates(shop.settings, console, ["rows:customers"], "no") == 1
    shop.execute("drop table warehouse_next.transactions")
    shop.make_table("transactions", 2, rows=10)
    assert show_gates(shop.settings, console, ["rows:customers"], "two people asked for it") == 0
    assert "two people asked for it" in console.export_text()
    # What was found may be personal, so only the last look's rows are kept.
    kept = shop.rows("select distinct subject from ops.gate_failed_rows")
    assert kept == [("customers",)]
