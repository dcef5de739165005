"""The data dictionary and the lineage picture of a project of a few nodes."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from customer360.documentation.dictionary import dictionary
from customer360.documentation.lineage import Lineage, lineage
from customer360.documentation.lineage_picture import WIDTH, picture
from customer360.documentation.project import Project, project_of

SYSTEMS = ("shop", "stores", "loyalty", "support", "digital")


def column(name: str, description: str, *, pii: bool = False, data_type: str = "") -> Any:
    config = {"meta": {"pii": True}} if pii else {}
    return {"name": name, "description": description, "data_type": data_type, "config": config}


def node(kind: str, name: str, folders: tuple[str, ...], *parents: str, **values: Any) -> Any:
    return {
        "unique_id": f"{kind}.p.{name}",
        "resource_type": kind,
        "package_name": "customer360",
        "name": name,
        "schema": folders[0] if folders else "",
        "fqn": ["customer360", *folders, name],
        "description": f"About {name}.",
        "columns": {},
        "config": {},
        "depends_on": {"nodes": list(parents)},
        "raw_code": f"-- Grain: one row per {name} | day.\nselect 1",
        **values,
    }


def system(name: str) -> list[Any]:
    feed = node(
        "source",
        f"{name}_feed",
        (),
        source_name=name,
        schema="raw",
        identifier=f"{name}__feed",
        config={"meta": {"landing": {"format": ["csv", "ndjson"]}}},
    )
    return [feed, node("model", f"stg_{name}", ("staging", name), feed["unique_id"])]


@pytest.fixture
def project() -> Project:
    """Five systems; identity and quality read them all, sales reads one; a mart, a dashboard."""
    staging = [f"model.p.stg_{name}" for name in SYSTEMS]
    personal = column("email", "Their address <b>.", pii=True, data_type="text")
    plain = column("orders", "Number of\n orders | all.", data_type="bigint")
    nodes = [
        *(each for name in SYSTEMS for each in system(name)),
        node("model", "identity_records", ("identity",), *staging),
        node("model", "int_issues_counted", ("intermediate", "quality"), *staging),
        node("model", "int_sales_unioned", ("intermediate", "sales"), staging[0]),
        node("model", "fct_sales", ("marts", "core"), "model.p.int_sales_unioned"),
        node(
            "model",
            "customer_360",
            ("marts", "customers"),
            "model.p.fct_sales",
            columns={"email": personal, "orders": plain},
        ),
        node("exposure", "overview", (), "model.p.customer_360", label="Over & above"),
    ]
    by_type = {"sources": {}, "nodes": {}, "exposures": {}}
    for each in nodes:
        part = {"source": "sources", "exposure": "exposures"}.get(each["resource_type"], "nodes")
        by_type[part][each["unique_id"]] = each
    by_type["nodes"]["test.p.t"] = node("test", "t", ())
    return project_of(by_type)


def group_reads(found: Lineage) -> set[tuple[str, str]]:
    groups = found.groups
    return {(groups[source].title, groups[target].title) for source, target in found.reads}


def test_dictionary_tells_columns_types_and_what_is_personal(project: Project) -> None:
    page = dictionary(project)
    assert "| `email` | text | **Personal.** Their address &lt;b>. |" in page
    assert "| `orders` | bigint | Number of orders \\| all. |" in page
    assert "- One row per customer_360 \\| day." in page
    assert "- Reads: [fct_sales](#fct_sales)" in page
    assert "- Read by: dashboard *Over & above*" in page
    assert "### raw.shop__feed" in page
    assert "[raw.shop__feed](#rawshop__feed)" in page


def test_models_are_grouped_by_layer_and_domain(project: Project) -> None:
    found = lineage(project)
    assert [group.title for group in found.groups] == [
        "digital",
        "loyalty",
        "shop",
        "stores",
        "support",
        "identity",
        "quality",
        "sales",
        "Facts",
        "customers",
        "Over & above",
    ]
    assert found.groups[2].members == ("shop_feed",)
    assert found.groups[2].note == "csv · ndjson"


def test_group_that_reads_every_system_says_so_instead_of_drawing_it(project: Project) -> None:
    found = lineage(project)
    assert [group.title for group in found.groups if "every system" in group.note] == ["quality"]
    assert group_reads(found) == {
        *((name, "identity") for name in SYSTEMS),
        ("shop", "sales"),
        ("sales", "Facts"),
        ("Facts", "customers"),
        ("customers", "Over & above"),
    }


def test_picture_is_sound_and_holds_every_name_within_its_width(project: Project) -> None:
    text = picture(lineage(project))
    svg = ET.fromstring(text)  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    words = {"".join(element.itertext()) for element in svg.iter(f"{space}text")}
    assert {"identity_records", "Over & above", "fct_sales", "reads (nearly) every system"} <= words
    for card in list(svg.iter(f"{space}rect"))[1:]:
        assert float(card.attrib["x"]) + float(card.attrib["width"]) <= WIDTH
    assert text == picture(lineage(project))
