"""The dashboards' files fit together, the marts they read, and the roles that read them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.settings import PROJECT_DIR

ASSETS = PROJECT_DIR / "bi" / "superset" / "assets"
NEVER = -1  # seconds that Superset keeps answers in its cache
TABLE = re.compile(r"\b(?:from|join) warehouse\.(\w+)")


def assets(kind: str) -> dict[str, dict[str, Any]]:
    """Return the assets of a kind by uuid."""
    files = sorted((ASSETS / kind).rglob("*.yaml"))
    found = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return {asset["uuid"]: asset for asset in found}


DATASETS, CHARTS, DASHBOARDS = assets("datasets"), assets("charts"), assets("dashboards")


def tables_of(dataset: dict[str, Any]) -> set[str]:
    """Return the marts that a dataset reads."""
    if dataset["schema"] != "warehouse":
        return set()
    return set(TABLE.findall(dataset["sql"])) if dataset["sql"] else {dataset["table_name"]}


def database(stem: str) -> str:
    """Return the uuid of a connection."""
    return str(yaml.safe_load((ASSETS / "databases" / f"{stem}.yaml").read_text())["uuid"])


def charts_of(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    cells = (cell for cell in dashboard["position"].values() if isinstance(cell, dict))
    return [CHARTS[cell["meta"]["uuid"]] for cell in cells if cell["type"] == "CHART"]


def wanted(params: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the columns and the saved metrics that a chart's parameters name."""
    columns = set(params.get("groupby", [])) if isinstance(params.get("groupby"), list) else set()
    columns |= {params[key] for key in ("x_axis", "entity") if key in params}
    columns |= {params["groupby"]} if isinstance(params.get("groupby"), str) else set()
    columns |= {*params.get("all_columns", [])}
    columns |= {*params.get("groupbyRows", []), *params.get("groupbyColumns", [])}
    columns |= {filter_["subject"] for filter_ in params.get("adhoc_filters", [])}
    columns |= {json.loads(order)[0] for order in params.get("order_by_cols", [])}
    metrics = set(params.get("metrics", []))
    metrics |= {params[key] for key in ("metric", "size") if key in params}
    if params["viz_type"] == "bubble_v2":
        metrics |= {params["x"], params["y"]}
    return columns, metrics


@pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda chart: chart["slice_name"])
def test_charts_name_what_their_dataset_has(chart: dict[str, Any]) -> None:
    dataset = DATASETS[chart["dataset_uuid"]]
    columns, metrics = wanted(chart["params"])
    assert metrics or columns
    assert columns <= {column["column_name"] for column in dataset["columns"]}
    assert metrics <= {metric["metric_name"] for metric in dataset["metrics"]}


def test_every_chart_is_on_one_dashboard_and_every_dataset_is_used() -> None:
    shown = [chart["uuid"] for board in DASHBOARDS.values() for chart in charts_of(board)]
    assert sorted(shown) == sorted(CHARTS)
    assert {chart["dataset_uuid"] for chart in CHARTS.values()} == set(DATASETS)


def test_dashboards_are_those_that_the_exposures_name(manifest: dict[str, Any]) -> None:
    exposures = {
        exposure["label"]: exposure
        for exposure in manifest["exposures"].values()
        if exposure["type"] == "dashboard"
    }
    assert {board["dashboard_title"] for board in DASHBOARDS.values()} == set(exposures)
    for board in DASHBOARDS.values():
        datasets = [DATASETS[chart["dataset_uuid"]] for chart in charts_of(board)]
        read = set().union(*map(tables_of, datasets))
        depends_on = exposures[board["dashboard_title"]]["depends_on"]["nodes"]
        missing = read - {node.split(".")[-1] for node in depends_on}
        assert not missing, f"{board['dashboard_title']} reads {missing}: add them to its exposure"


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset["table_name"])
def test_personal_data_come_through_their_own_connection_alone(
    dataset: dict[str, Any], nodes: dict[str, Any]
) -> None:
    marts = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    personal = {
        column
        for table in tables_of(dataset)
        for column, properties in marts[table]["columns"].items()
        if properties["meta"].get("pii") or properties["config"].get("meta", {}).get("pii")
    }
    named = {column["column_name"] for column in dataset["columns"]}
    if dataset["database_uuid"] == database("warehouse_personal"):
        assert named & personal, "has no personal data: read it as everybody does"
        assert dataset["cache_timeout"] == NEVER
        return
    assert not named & personal
    if dataset["sql"] is None and dataset["schema"] == "warehouse":
        assert named <= marts[dataset["table_name"]]["columns"].keys()


def test_native_filters_name_columns_that_exist() -> None:
    for board in DASHBOARDS.values():
        for filter_ in board["metadata"]["native_filter_configuration"]:
            for target in filter_["targets"]:
                if target:
                    columns = DATASETS[target["datasetUuid"]]["columns"]
                    assert target["column"]["name"] in {name["column_name"] for name in columns}


def test_no_file_holds_an_address_of_a_database() -> None:
    for file in (ASSETS / "databases").glob("*.yaml"):
        uri = yaml.safe_load(file.read_text(encoding="utf-8"))["sqlalchemy_uri"]
        assert uri == "postgresql+psycopg2://set-by-bootstrap/customer360", Path(file).name
