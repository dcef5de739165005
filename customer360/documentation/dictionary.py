"""docs/data_dictionary.md: every table and column of the project, in words."""

import re
from collections.abc import Iterator, Sequence

from customer360.documentation.project import Entry, Project, layer_of

INTRODUCTION = """\
# Data dictionary

Every table and column of the project, made from dbt's manifest by `make dictionary`:
change the YAML beside a model, not this page.

Amounts are in EUR, instants and days in UTC, shares between 0 and 1. A mart holds what was known on
its `as_of_date`. **Personal** marks columns that only the role `c360_pii` may read:
in marts they are in tables of their own. After a publication marts are found in the schema
`warehouse`, all else in the schema named after its layer.
"""
SECTIONS = (
    ("marts", "Marts", "What analysts and dashboards read."),
    ("intermediate", "Intermediate", "What marts are put together from; its shape may change."),
    ("identity", "Identity", "Which records are one customer."),
    ("staging", "Staging", "Each feed, typed and deduplicated, without joins."),
    ("seed", "Seeds", "Thresholds, bands and names: change them here, not in a model."),
    ("source", "Sources", "Raw tables as the files delivered them: every value is text."),
)
_GRAIN = re.compile(r"^-- Grain: (.+?)\.?$", re.MULTILINE)


def dictionary(project: Project) -> str:
    """Return the page."""
    tables = {layer: _tables(project, layer) for layer, _, _ in SECTIONS}
    others = sorted({layer_of(node) for node in project.of_type("model")} - tables.keys())
    sections = [*SECTIONS, *((layer, layer.capitalize(), "") for layer in others)]
    tables |= {layer: _tables(project, layer) for layer in others}
    lines = [INTRODUCTION]
    for layer, title, purpose in sections:
        lines += [f"## {title}", *([purpose, ""] if purpose else [""])]
        lines += [*_contents(tables[layer]), ""]
    for layer, title, _ in sections:
        lines += [f"## {title}: columns", ""]
        for node in tables[layer]:
            lines += [*_table(project, node), ""]
    return "\n".join(lines).rstrip() + "\n"


def _tables(project: Project, layer: str) -> list[Entry]:
    found = [node for node in project.of_type("model", "seed", "source") if layer_of(node) == layer]
    return sorted(found, key=lambda node: (_domain(node), _name(node)))


def _domain(node: Entry) -> str:
    """Return the folder within the layer, or the source system."""
    if node["resource_type"] == "source":
        return str(node["source_name"])
    return str(node["fqn"][-2])


def _name(node: Entry) -> str:
    if node["resource_type"] == "source":
        return f"{node['schema']}.{node['identifier']}"
    return str(node["name"])


def _contents(nodes: Sequence[Entry]) -> Iterator[str]:
    if not nodes:
        return
    yield "| domain | table | one row per |"
    yield "| --- | --- | --- |"
    for node in nodes:
        link = f"[{_name(node)}](#{_anchor(_name(node))})"
        yield f"| {_domain(node)} | {link} | {_cell(_grain(node) or _first_sentence(node))} |"


def _table(project: Project, node: Entry) -> Iterator[str]:
    yield f"### {_name(node)}"
    yield _cell(node["description"])
    if grain := _grain(node):
        yield f"- One row per {_cell(grain)}."
    if reads := _names(project.parents(node)):
        yield f"- Reads: {reads}"
    if readers := _names(project.children(node)):
        yield f"- Read by: {readers}"
    columns = list(node["columns"].values())
    if columns:
        yield ""
        yield from _columns(columns)


def _columns(columns: Sequence[Entry]) -> Iterator[str]:
    has_types = any(column["data_type"] for column in columns)
    yield "| column | type | description |" if has_types else "| column | description |"
    yield "| --- | --- | --- |" if has_types else "| --- | --- |"
    for column in columns:
        is_personal = column.get("config", {}).get("meta", {}).get("pii", False)
        description = ("**Personal.** " if is_personal else "") + _cell(column["description"])
        data_type = f" {column['data_type'] or ''} |" if has_types else ""
        yield f"| `{column['name']}` |{data_type} {description} |"


def _names(nodes: Sequence[Entry]) -> str:
    def shown(node: Entry) -> str:
        if node["resource_type"] == "exposure":
            return f"dashboard *{node['label'] or node['name']}*"
        return f"[{_name(node)}](#{_anchor(_name(node))})"

    return ", ".join(sorted(shown(node) for node in nodes))


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub and MkDocs give a heading."""
    return re.sub(r"[^\w-]", "", heading.lower())


def _grain(node: Entry) -> str:
    found = _GRAIN.search(node.get("raw_code") or "")
    return found[1].split(". ")[0].removeprefix("one row per ") if found else ""


def _first_sentence(node: Entry) -> str:
    return str(node["description"]).split(". ")[0].split("\n")[0]


def _cell(text: object) -> str:
    """Return a text on one line that does not end its table cell."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
