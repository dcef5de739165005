"""Every table and column is described, and what is made from the descriptions is up to date."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from customer360.documentation.dictionary import dictionary
from customer360.documentation.lineage import lineage
from customer360.documentation.lineage_picture import picture
from customer360.documentation.project import Project, project_of
from customer360.settings import PROJECT_DIR

APPLICATIONS = {"Contact data", "Marketing activation"}
DASHBOARDS = {
    "Executive overview",
    "Customer 360",
    "Find a customer",
    "Segments",
    "Lifetime value",
    "Retention and churn",
    "Campaigns",
    "Data trust",
}
DOCUMENTS: dict[str, Callable[[Project], str]] = {
    "data_dictionary.md": dictionary,
    "lineage.svg": lambda project: picture(lineage(project)),
}


def undescribed(nodes: dict[str, Any]) -> list[str]:
    """Return tables without a description or without columns, and columns without a description."""
    problems = []
    for node in nodes.values():
        if node["resource_type"] in {"model", "seed", "source"}:
            if not node["description"]:
                problems.append(f"{node['name']} has no description")
            if not node["columns"]:
                problems.append(f"{node['name']} has no columns")
            problems += [
                f"{node['name']}.{name} has no description"
                for name, column in node["columns"].items()
                if not column["description"].strip()
            ]
    return problems


def test_every_table_and_column_is_described(nodes: dict[str, Any]) -> None:
    assert undescribed(nodes) == []


def test_check_trips_on_a_column_without_words(nodes: dict[str, Any]) -> None:
    key = next(key for key, node in nodes.items() if node["name"] == "customer_rfm")
    broken = nodes | {key: copy.deepcopy(nodes[key])}
    broken[key]["columns"]["segment"]["description"] = " "
    assert undescribed(broken) == ["customer_rfm.segment has no description"]


def test_exposures_name_the_dashboards(manifest: dict[str, Any]) -> None:
    exposures = manifest["exposures"].values()
    assert {exposure["label"] for exposure in exposures} == DASHBOARDS | APPLICATIONS
    for exposure in exposures:
        is_dashboard = exposure["label"] in DASHBOARDS
        assert exposure["type"] == ("dashboard" if is_dashboard else "application")
        assert exposure["description"]
        assert exposure["owner"]["name"]
        assert {name.split(".")[0] for name in exposure["depends_on"]["nodes"]} == {"model"}


def test_dashboards_read_published_tables_only(
    manifest: dict[str, Any], nodes: dict[str, Any]
) -> None:
    read = {name for one in manifest["exposures"].values() for name in one["depends_on"]["nodes"]}
    assert {nodes[name]["schema"] for name in read} == {"warehouse_next"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_generated_document_is_up_to_date(name: str, manifest: dict[str, Any]) -> None:
    made = DOCUMENTS[name](project_of(manifest))
    kept = (PROJECT_DIR / "docs" / name).read_text(encoding="utf-8")
    assert made == kept, f"docs/{name} is out of date: run `make dictionary`"


def test_every_mart_is_of_use_to_a_dashboard(manifest: dict[str, Any]) -> None:
    """To one of them itself, as an analyst finds by the dashboard what stands behind it."""
    project = project_of(manifest)
    read = {name for one in manifest["exposures"].values() for name in one["depends_on"]["nodes"]}
    unused = [
        node["name"]
        for node in project.of_type("model")
        if node["schema"] == "warehouse_next" and node["unique_id"] not in read
    ]
    assert unused == []
