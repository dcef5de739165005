"""Each gate fails on what it is there for, says why, and is recorded."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from customer360.publishing import gates
from customer360.publishing.builds import NoBuild
from customer360.publishing.commands import publish_build, rollback_publication, show_gates
from customer360.publishing.gates import evaluate_gates, override_gates
from customer360.publishing.overrides import OverrideRefused
from customer360.publishing.publisher import publish
from customer360.publishing.results import GateReport, GateResult, GatesFailed
from customer360.publishing.rules import GateRules, load_rules
from customer360.transformation.dbt_runner import target_dir
from tests.integration.publishing.conftest import (
    CUSTOMERS,
    MARTS,
    RECONCILES,
    RULES,
    STAGING,
    TRANSACTIONS,
    WARNS,
    Shop,
)

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def failed(report: GateReport) -> dict[tuple[str, str], GateResult]:
    """Return the failed gates by name and subject."""
    return {(result.gate, result.subject): result for result in report.failed}


def test_every_gate_passes_for_a_whole_build_and_is_recorded(shop: Shop) -> None:
    shop.build(1)
    report = evaluate_gates(shop.settings, rules=RULES)
    assert report.failed == ()
    recorded = shop.rows("select gate, subject, status from ops.gate_results order by 1, 2")
    assert recorded == [
        ("complete", "models, seeds and tests", "passed"),
        ("ended", "build", "passed"),
        ("in order", "models, seeds and tests", "passed"),
        ("newest", "build", "passed"),
        ("reconciliation", "assert_rows_reconcile", "passed"),
        ("rows", "customers", "passed"),
        ("rows", "transactions", "passed"),
        ("successful", "models, seeds and tests", "passed"),
        ("tables", "warehouse_next", "passed"),
        ("totals", "transactions.amount", "passed"),
        ("undisturbed", "build", "passed"),
        ("unpublished", "build", "passed"),
    ]


def test_nothing_built_yet_is_an_error_with_a_remedy(shop: Shop) -> None:
    with pytest.raises(NoBuild, match="customer360 build"):
        evaluate_gates(shop.settings, rules=RULES)


@pytest.mark.parametrize(
    ("node", "status", "gates"),
    [
        (CUSTOMERS, "error", {"successful"}),
        (TRANSACTIONS, "skipped", {"successful"}),
        (RECONCILES, "fail", {"successful", "reconciliation"}),
        (WARNS, "warn", set()),
        (WARNS, "fail", set()),
    ],
)
def test_status_of_a_node_decides(shop: Shop, node: str, status: str, gates: set[str]) -> None:
    shop.build(1, statuses={node: status})
    report = evaluate_gates(shop.settings, rules=RULES)
    assert {gate for gate, _ in failed(report)} == gates


def test_failed_node_is_named_with_its_file_and_what_dbt_said(shop: Shop) -> None:
    shop.build(1, statuses={CUSTOMERS: "error", TRANSACTIONS: "skipped"})
    (result,) = evaluate_gates(shop.settings, rules=RULES).failed
    assert "customers (models/customers.sql): error told by dbt" in result.message
    assert "transactions" not in result.message


def test_model_that_ran_before_what_it_reads_fails(shop: Shop) -> None:
    build_id = shop.build(1)
    repeated = shop.start(build_id)
    shop.finish(build_id, repeated, (STAGING,))
    (result,) = evaluate_gates(shop.settings, rules=RULES).failed
    assert result.gate == "in order"
    assert "customers ran before stg_customers" in result.message


def test_other_dbt_command_between_the_layers_fails(shop: Shop) -> None:
    first = shop.start("layered")
    shop.finish("layered", first, (STAGING,))
    other = shop.start("someone", "run")
    shop.finish("someone", other, (CUSTOMERS,))
    second = shop.start("layered")
    for mart in MARTS:
        shop.make_table(mart, 1)
    shop.finish("layered", second, (CUSTOMERS, TRANSACTIONS, RECONCILES))
    (result,) = evaluate_gates(shop.settings, rules=RULES).failed
    assert result.gate == "undisturbed"
    assert "dbt run at" in result.message


def test_dbt_command_that_began_before_and_wrote_during_the_build_fails(shop: Shop) -> None:
    other = shop.start("someone", "run")
    shop.build(1)
    shop.finish("someone", other, (CUSTOMERS,))
    assert {gate for gate, _ in failed(evaluate_gates(shop.settings, rules=RULES))} == {
        "undisturbed"
    }


def test_build_that_is_not_the_expected_one_fails(shop: Shop) -> None:
    shop.build(1)
    shop.build(2)
    report = evaluate_gates(shop.settings, "build-1", rules=RULES)
    assert {gate for gate, _ in failed(report)} == {"newest"}


def test_mart_that_is_a_view_fails(shop: Shop) -> None:
    shop.build(1, marts=("customers",))
    shop.execute(
        "create view warehouse_next.transactions as select * from warehouse_next.customers"
    )
    (result,) = evaluate_gates(shop.settings, rules=RULES).failed
    assert "transactions (a view)" in result.message


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


def test_rule_that_names_nothing_fails(shop: Shop) -> None:
    shop.build(1)
    content = RULES.model_dump()
    content["reconciliation"] = ["assert_gone"]
    content["rows"]["tables"]["gone"] = {"min_rows": 1}
    content["totals"] = [{"table": "lost", "column": "amount", "max_loss_share": 0}]
    report = evaluate_gates(shop.settings, rules=GateRules.model_validate(content))
    assert set(failed(report)) == {
        ("reconciliation", "assert_gone"),
        ("rules", "gone"),
        ("rules", "lost"),
    }


def test_rules_of_the_project_can_be_read() -> None:
    rules = load_rules()
    assert rules.rows.of("any_mart") == (0.1, 0)
    assert rules.rows.of("customer_360") == (0.1, 1)


def test_commands_say_what_stands_in_the_way_and_exit_with_failure(shop: Shop) -> None:
    console = Console(record=True, width=160)
    assert publish_build(shop.settings, console, NOW) == 1
    assert rollback_publication(shop.settings, console, NOW) == 1
    shop.build(1, statuses={CUSTOMERS: "error"})
    assert show_gates(shop.settings, console) == 1
    text = console.export_text()
    assert "Nothing has been built yet" in text
    assert "There is no generation before the published one" in text
    assert "customers (models/customers.sql): error" in text


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


def test_rows_of_a_failed_reconciliation_are_kept(shop: Shop) -> None:
    shop.build(1, statuses={RECONCILES: "fail"})
    compiled = target_dir(shop.settings) / "compiled" / "shop" / "models"
    compiled.mkdir(parents=True)
    (compiled / "assert_rows_reconcile.sql").write_text("select 7 as missing_rows, '%s {}' as why")
    report = evaluate_gates(shop.settings, rules=RULES)
    assert ("reconciliation", "assert_rows_reconcile") in failed(report)
    assert shop.rows("select subject, row_values from ops.gate_failed_rows") == [
        ("assert_rows_reconcile", {"missing_rows": 7, "why": "%s {}"})
    ]


def test_rows_that_cannot_be_found_do_not_stop_the_gates(shop: Shop) -> None:
    shop.build(1, statuses={RECONCILES: "fail"})
    compiled = target_dir(shop.settings) / "compiled" / "shop" / "models"
    compiled.mkdir(parents=True)
    (compiled / "assert_rows_reconcile.sql").write_text("select gone from nowhere")
    assert evaluate_gates(shop.settings, rules=RULES).failed
    assert shop.rows("select 1 from ops.gate_failed_rows") == []
