"""Each gate fails on what it is there for, says why, and is recorded."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.publishing.builds import NoBuild
from customer360.publishing.commands import publish_build, rollback_publication, show_gates
from customer360.publishing.gates import evaluate_gates
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
    failed,
)

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_every_gate_passes_for_a_whole_build_and_is_recorded(shop: Shop) -> None:
    shop.build(1)
    report = evaluate_gates(shop.settings, rules=RULES)
    assert report.failed == ()
    recorded = shop.rows("select gate, subject, status from ops.gate_results order by 1, 2")
    assert recorded == [
        ("complete", "models, seeds and tests", "passed"),
        ("ended", "build", "passed"),
        ("in order", "models, seeds and tests", "passed"),
        ("keyed", "pseudonyms", "passed"),
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


def test_pseudonyms_under_a_thrown_away_key_are_not_published(shop: Shop) -> None:
    shop.build(1)
    with connect(shop.settings) as connection, connection:
        connection.cursor().execute("update ops.builds set has_throwaway_key = true")
    report = evaluate_gates(shop.settings, rules=RULES)
    assert set(failed(report)) == {("keyed", "pseudonyms")}
    (result,) = report.failed
    assert "Run `customer360 build`, which keeps a key" in result.message
    assert not result.may_be_waived


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
