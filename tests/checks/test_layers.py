"""Data flows one way: a layer reads only what stands before it; sources enter through staging."""

import copy
import re
from typing import Any

from customer360.settings import PROJECT_DIR

# Each folder of models with the folders that its models may read.
MAY_READ = {
    "staging": {"seeds", "source"},
    "identity": {"seeds", "staging", "identity"},
    "intermediate": {"seeds", "staging", "identity", "intermediate"},
    "marts": {"seeds", "intermediate", "marts"},
}
# Reports on the loads and on the matching themselves read further down than other marts.
AUDITS = {
    "data_quality_issues": {"source", "staging", "identity"},
    "int_late_deliveries_counted": {"source"},
}
# What an analyst reads is put together from these alone; only dimensions, facts and bridges read
# the rest of the intermediate layer. Time is an argument, so its model is open to all; an append
# log is read by the one mart that makes a history of it.
SHARED_PARTS = re.compile(
    r"(dim|fct|bridge)_\w+|int_\w+_(summarised|logged)|int_as_of_date_resolved"
)
CORE_MARTS = re.compile(r"(dim|fct|bridge)_\w+")


def layer_of(node: dict[str, Any]) -> str:
    if node["resource_type"] == "source":
        return "source"
    return "seeds" if node["resource_type"] == "seed" else node["fqn"][1]


def models(nodes: dict[str, Any]) -> dict[str, Any]:
    return {key: node for key, node in nodes.items() if node["resource_type"] == "model"}


def wrong_reads(nodes: dict[str, Any]) -> list[str]:
    return [
        f"{layer_of(node)} {node['name']} reads {layer_of(nodes[parent])} {nodes[parent]['name']}"
        for node in models(nodes).values()
        for parent in node["depends_on"]["nodes"]
        if layer_of(nodes[parent]) not in MAY_READ[layer_of(node)] | AUDITS.get(node["name"], set())
    ]


def test_layers_read_only_what_stands_before_them(nodes: dict[str, Any]) -> None:
    assert models(nodes), "no models found: the rule would hold over nothing"
    assert not wrong_reads(nodes), "\n".join(wrong_reads(nodes))


def test_rule_trips_on_a_mart_that_reads_staging(nodes: dict[str, Any]) -> None:
    mart = next(key for key, node in models(nodes).items() if node["name"] == "customer_rfm")
    staging = next(key for key, node in models(nodes).items() if layer_of(node) == "staging")
    broken = nodes | {mart: nodes[mart] | {"depends_on": {"nodes": [staging]}}}
    assert len(wrong_reads(broken)) == 1


def private_reads(nodes: dict[str, Any]) -> list[str]:
    """Return what consumer marts read beside shared parts, seeds and their own folder."""
    return [
        f"{node['name']} reads {nodes[parent]['name']}"
        for node in models(nodes).values()
        if layer_of(node) == "marts" and not CORE_MARTS.fullmatch(node["name"])
        for parent in node["depends_on"]["nodes"]
        if node["name"] not in AUDITS
        and layer_of(nodes[parent]) != "seeds"
        and not SHARED_PARTS.fullmatch(nodes[parent]["name"])
        and nodes[parent]["fqn"][:-1] != node["fqn"][:-1]
    ]


def test_consumer_marts_read_shared_parts_only(nodes: dict[str, Any]) -> None:
    assert private_reads(nodes) == []


def test_rule_trips_on_a_mart_that_reads_a_working_model(nodes: dict[str, Any]) -> None:
    mart = next(key for key, node in models(nodes).items() if node["name"] == "customer_rfm")
    inner = next(
        key for key, node in models(nodes).items() if node["name"] == "int_transactions_unioned"
    )
    broken = nodes | {mart: nodes[mart] | {"depends_on": {"nodes": [inner]}}}
    assert private_reads(broken) == ["customer_rfm reads int_transactions_unioned"]


def test_one_staging_model_for_each_raw_table(nodes: dict[str, Any]) -> None:
    readers: dict[str, list[str]] = {key: [] for key in nodes if key.startswith("source.")}
    for node in models(nodes).values():
        if layer_of(node) == "staging":
            for parent in node["depends_on"]["nodes"]:
                readers.get(parent, []).append(node["name"])
    raw = {key: names for key, names in readers.items() if nodes[key]["schema"] == "raw"}
    assert raw
    assert {key: names for key, names in raw.items() if len(names) != 1} == {}


def test_every_model_has_its_own_yaml_beside_it(nodes: dict[str, Any]) -> None:
    def yaml_is_missing(node: dict[str, Any]) -> bool:
        path = PROJECT_DIR / "dbt_project" / node["original_file_path"]
        return not path.with_suffix(".yml").exists() or not node["description"]

    assert [node["name"] for node in models(nodes).values() if yaml_is_missing(node)] == []


def test_every_mart_enforces_its_contract(nodes: dict[str, Any]) -> None:
    loose = [
        node["name"]
        for node in models(nodes).values()
        if layer_of(node) == "marts" and not node["config"]["contract"]["enforced"]
    ]
    assert loose == []


def test_what_a_model_promises_of_its_rows_is_one_test(nodes: dict[str, Any]) -> None:
    """By `well_formed`, which asks one query a model where dbt's tests ask one a column."""
    tests = [node for node in nodes.values() if node["resource_type"] == "test"]
    one_column = {"unique", "not_null", "unique_combination_of_columns", "accepted_values"}
    apart = [
        node["name"]
        for node in tests
        # What only warns has to stand apart.
        if _generic_name(node) in one_column and node["config"]["severity"].lower() == "error"
    ]
    assert apart == []
    assert any(_generic_name(node) == "well_formed" for node in tests)


def _generic_name(test: dict[str, Any]) -> str | None:
    return (test.get("test_metadata") or {}).get("name")


def test_names_fit_into_postgres(nodes: dict[str, Any]) -> None:
    longest_name = 63 - len("__dbt_backup")
    too_long = [n["name"] for n in models(nodes).values() if len(n["name"]) > longest_name]
    assert too_long == []


def test_late_deliveries_are_judged_for_every_feed_with_business_dates(
    nodes: dict[str, Any],
) -> None:
    staged = {
        node["name"]: {
            parent for parent in node["depends_on"]["nodes"] if layer_of(nodes[parent]) == "staging"
        }
        for node in models(nodes).values()
    }
    assert staged["int_late_deliveries_counted"] == staged["int_feed_dates_unioned"] != set()


def open_personal_columns(nodes: dict[str, Any]) -> list[str]:
    """Return personal columns of marts that others than c360_pii may read."""
    return [
        f"{node['name']}.{column['name']}"
        for node in models(nodes).values()
        if layer_of(node) == "marts" and node["config"]["meta"]["readers"] != ["c360_pii"]
        for column in node["columns"].values()
        if column["config"]["meta"].get("pii", False)
    ]


def test_personal_columns_are_in_personal_marts(nodes: dict[str, Any]) -> None:
    assert open_personal_columns(nodes) == []


def test_rule_trips_on_a_personal_column_in_an_open_mart(nodes: dict[str, Any]) -> None:
    key = next(key for key, node in models(nodes).items() if node["name"] == "customer_rfm")
    broken = nodes | {key: copy.deepcopy(nodes[key])}
    broken[key]["columns"]["segment"]["config"]["meta"]["pii"] = True
    assert open_personal_columns(broken) == ["customer_rfm.segment"]
