"""Each gate fails on what it is there for, says why, and is recorded."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from customer360.publishing.builds import NoBuild
from customer360.publishing.commands import publish_build, rollback_publication, show_gates
from customer360.publishing.gates import evaluate_gates
from customer360.publishing.publisher import publish
from customer360.publishing.results import GateReport, GateResult, GatesFailed, Status
from customer360.publishing.rules import GateRules, load_rules
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


def test_loss_of_rows_fails_and_can_be_accepted_by_hand(shop: Shop) -> None:
    shop.build(1, rows=10)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=8, amount=9)
    with pytest.raises(GatesFailed, match="8 rows; live: 10") as refusal:
        publish(shop.settings, rules=RULES)
    assert {(one.gate, one.expected) for one in refusal.value.failed} == {("rows", "at least 9")}
    assert shop.generation() == 1
    publish(shop.settings, accept_losses=True, rules=RULES)
    assert shop.generation() == 2
    waived = shop.rows("select subject from ops.gate_results where status = 'waived' order by 1")
    assert waived == [("customers",), ("transactions",)]


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
    publish(shop.settings, accept_losses=True, rules=rules)
    assert shop.relations("warehouse") == {"customers": "r"}


def test_mart_that_must_not_be_empty_is_not_accepted_by_hand(shop: Shop) -> None:
    shop.build(1, rows=0)
    with pytest.raises(GatesFailed, match="customers"):
        publish(shop.settings, accept_losses=True, rules=RULES)


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


def test_accepting_leaves_other_failures_alone(shop: Shop) -> None:
    shop.build(1, statuses={CUSTOMERS: "error"})
    report = evaluate_gates(shop.settings, accept_losses=True, rules=RULES)
    assert [result.status for result in report.failed] == [Status.FAILED]
