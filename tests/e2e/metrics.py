"""Metrics asked three ways: MetricFlow, Superset's expressions, and SQL on the facts."""

import csv
import importlib.util
from decimal import Decimal
from typing import Any

import yaml

from customer360.bi.metrics import DATASETS
from customer360.settings import PROJECT_DIR
from tests.e2e.conftest import Warehouse, run

KNOWN = "warehouse.fct_transactions where customer_id is not null"
# What steering metrics must be, from facts and from the customers' own rows.
FACTS = {
    "customers": "select count(*) from warehouse.dim_customers",
    "revenue": "select sum(amount) from warehouse.fct_transactions",
    "average_order_value": "select avg(amount) from warehouse.fct_transactions",
    "revenue_per_buyer": f"select sum(amount) / count(distinct customer_id) from {KNOWN}",
    "repeat_share": f"""
        select avg((orders > 1)::int)
        from (select count(*) as orders from {KNOWN} group by customer_id) as buyers
    """,
    "retention": """
        with buyers as (
            select distinct customer_id, date_trunc('month', transaction_date) as month
            from warehouse.fct_transactions where customer_id is not null
        )
        select avg(share) from (
            select round(count(again.customer_id) / count(*)::numeric, 6) as share
            from buyers
            left join buyers as again
                on buyers.customer_id = again.customer_id
                and again.month = buyers.month + interval '1 month'
            where buyers.month < (select max(kpi_month) from warehouse.monthly_kpis)
            group by buyers.month
        ) as months
    """,
    "churn": "select avg(churn_share) from warehouse.monthly_kpis",
    "churned_share": "select avg(is_churned::int) from warehouse.customer_churn",
    "predicted_clv_12_months": "select sum(predicted_clv_12_months) from warehouse.customer_clv",
    "customer_acquisition_cost": f"""
        select (select sum(spend) from warehouse.fct_campaign_spend)
            / (select count(distinct customer_id) from {KNOWN})
    """,
}


def missing() -> str | None:
    """Return what metrics cannot be asked without."""
    found = importlib.util.find_spec("dbt_metricflow")
    return None if found else "MetricFlow is not installed: `make setup-dev`"


def metricflow(warehouse: Warehouse, metrics: list[str], *by: str) -> list[dict[str, str]]:
    """Return what `customer360 metrics query` prints."""
    options = [option for name in by for option in ("--by", name)]
    said = run(warehouse.settings, "metrics", "query", *metrics, *options, "--csv")
    return list(csv.DictReader(said.splitlines()))


def superset_metrics() -> dict[str, tuple[dict[str, Any], str]]:
    """Return by definition the dataset that has it, and its expression there."""
    datasets = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((PROJECT_DIR / DATASETS).glob("*.yaml"))
    ]
    return {
        metric["extra"]["semantic_metric"]: (dataset, metric["expression"])
        for dataset in datasets
        for metric in dataset["metrics"]
        if metric.get("extra")
    }


def superset(warehouse: Warehouse, metric: str, by: str = "true") -> dict[str, Decimal]:
    """Return what Superset's expression finds, by the value of a column."""
    dataset, expression = superset_metrics()[metric]
    rows = f"({dataset['sql']})" if dataset["sql"] else f"warehouse.{dataset['table_name']}"
    query = f"select {by}::text, {expression} from {rows} as dataset group by 1"
    return {key or "": Decimal(value) for key, value in warehouse.rows(query) if value is not None}


def nearly(shown: str, expected: Decimal) -> bool:
    """Tell whether a number is that but for the floating point of MetricFlow's divisions."""
    return abs(Decimal(shown) - expected) <= abs(expected) * Decimal("1e-9")
