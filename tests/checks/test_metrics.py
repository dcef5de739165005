"""Superset's metrics are those of dbt_project/models/metrics, and no dashboard has its own."""

import copy
from typing import Any

import pytest
import yaml

from customer360.bi.metrics import DATASETS, Expressions, metrics_of_datasets, with_metrics
from customer360.errors import ConfigurationError
from customer360.settings import PROJECT_DIR

# What the business is steered by, as the definitions call it.
STEERING = {
    "customers": "count(customer_id)",
    "revenue": "sum(amount)",
    "average_order_value": "sum(amount)::numeric / nullif(count(transaction_id), 0)",
    "revenue_per_buyer": (
        "sum(gross_spend)::numeric / nullif(count(case when orders > 0 then customer_id end), 0)"
    ),
    "repeat_share": (
        "count(case when orders > 1 then customer_id end)::numeric"
        " / nullif(count(case when orders > 0 then customer_id end), 0)"
    ),
    "retention": "avg(retention_share)",
    "churn": "avg(churn_share)",
    "predicted_clv_12_months": "sum(predicted_clv_12_months)",
    "customer_acquisition_cost": "sum(marketing_spend)::numeric / nullif(sum(new_customers), 0)",
    "return_on_investment": "(sum(profit) - sum(spend)) / nullif(sum(spend), 0)",
}


def files() -> dict[str, str]:
    paths = (PROJECT_DIR / DATASETS).glob("*.yaml")
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def differing(manifest: dict[str, Any], datasets: dict[str, str]) -> list[str]:
    """Return the datasets whose metrics are not those that the definitions give them."""
    made = metrics_of_datasets(manifest)
    return [name for name in made if with_metrics(datasets[name], made[name]) != datasets[name]]


def test_datasets_have_the_metrics_of_the_definitions(manifest: dict[str, Any]) -> None:
    assert differing(manifest, files()) == [], "run `make metrics`"


@pytest.mark.parametrize("change", ["expression", "another", "description"])
def test_check_trips_on_a_metric_of_a_dataset_s_own(manifest: dict[str, Any], change: str) -> None:
    datasets = files()
    changed = yaml.safe_load(datasets["sales"])
    if change == "another":
        changed["metrics"].append({"metric_name": "mine", "expression": "sum(quantity)"})
    else:
        changed["metrics"][0][change] = "sum(quantity)"
    datasets["sales"] = with_metrics(datasets["sales"], changed["metrics"])
    assert differing(manifest, datasets) == ["sales"]


def test_only_generated_metrics_name_a_definition(manifest: dict[str, Any]) -> None:
    made = metrics_of_datasets(manifest)
    claims = {
        name
        for name, text in files().items()
        for metric in yaml.safe_load(text)["metrics"]
        if (metric.get("extra") or {}).get("semantic_metric")
    }
    assert claims == made.keys()


def retold(manifest: dict[str, Any], datasets: dict[str, str]) -> list[str]:
    """Return metrics by hand that have the name or the SQL of a defined one."""
    made = metrics_of_datasets(manifest)
    defined = [metric for metrics in made.values() for metric in metrics]
    names = {metric["metric_name"] for metric in defined}
    names |= {metric["name"] for metric in manifest["metrics"].values()}
    expressions = {_plain(metric["expression"]) for metric in defined}
    return [
        f"{dataset}.{metric['metric_name']}"
        for dataset in sorted(datasets.keys() - made.keys())
        for metric in yaml.safe_load(datasets[dataset])["metrics"]
        if metric["metric_name"] in names or _plain(metric["expression"]) in expressions
    ]


def _plain(expression: str) -> str:
    return "".join(expression.lower().split())


def test_no_metric_by_hand_is_one_that_is_defined(manifest: dict[str, Any]) -> None:
    assert retold(manifest, files()) == [], "generate it, or call it by what it is"


@pytest.mark.parametrize(
    "metric",
    [
        {"metric_name": "churn", "expression": "avg(something)"},
        {"metric_name": "gross_revenue", "expression": "max(something)"},
        {"metric_name": "mine", "expression": "SUM( predicted_clv_12_months )"},
    ],
)
def test_check_trips_on_a_definition_told_again(
    manifest: dict[str, Any], metric: dict[str, str]
) -> None:
    datasets = files()
    datasets["vehicles"] = with_metrics(datasets["vehicles"], [metric])
    assert retold(manifest, datasets) == [f"vehicles.{metric['metric_name']}"]


@pytest.mark.parametrize("name", STEERING)
def test_expression_is_as_by_hand(manifest: dict[str, Any], name: str) -> None:
    assert Expressions(manifest).of(name) == STEERING[name]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"filter": {"where_filters": []}}, "filter"), ({"type": "cumulative"}, "cumulative")],
)
def test_what_superset_cannot_say_is_refused(
    manifest: dict[str, Any], change: dict[str, Any], complaint: str
) -> None:
    changed = copy.deepcopy({key: manifest[key] for key in ("metrics", "semantic_models")})
    changed["metrics"]["metric.customer360.revenue"] |= change
    with pytest.raises(ConfigurationError, match=complaint):
        Expressions(changed).of("average_order_value")
