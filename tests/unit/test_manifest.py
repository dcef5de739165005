"""What a whole build must run, by the manifest."""

import json
from pathlib import Path

from customer360.transformation.manifest import Manifest, load_manifest


def entry(unique_id: str, *parents: str, **config: object) -> dict[str, object]:
    """Return a node as dbt 1.11 writes it."""
    resource_type, _, name = unique_id.split(".")
    return {
        "unique_id": unique_id,
        "resource_type": resource_type,
        "name": name,
        "alias": f"{name}_alias",
        "schema": "warehouse_next",
        "original_file_path": f"models/{name}.sql",
        "config": config,
        "depends_on": {"nodes": list(parents)},
    }


def load(tmp_path: Path, *entries: dict[str, object]) -> Manifest:
    """Write a manifest of these nodes and read it."""
    nodes = {str(one["unique_id"]): one for one in entries}
    unit_tests = {key: nodes.pop(key) for key in list(nodes) if key.startswith("unit_test")}
    content = {"metadata": {"invocation_id": "i"}, "nodes": nodes, "unit_tests": unit_tests}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    return load_manifest(tmp_path / "manifest.json")


def test_all_but_warnings_ephemeral_models_and_analyses_are_required(tmp_path: Path) -> None:
    manifest = load(
        tmp_path,
        entry("model.p.mart", materialized="table"),
        entry("model.p.inlined", materialized="ephemeral"),
        entry("seed.p.codes", materialized="seed"),
        entry("test.p.strict", severity="ERROR"),
        entry("test.p.lenient", severity="WARN"),
        entry("unit_test.p.case"),
        entry("analysis.p.look"),
    )
    assert set(manifest.required) == {"model.p.mart", "seed.p.codes", "test.p.strict"}


def test_tables_of_a_schema_are_known_by_their_alias(tmp_path: Path) -> None:
    manifest = load(tmp_path, entry("model.p.mart"), entry("unit_test.p.case"))
    assert manifest.relations("warehouse_next") == {"mart_alias"}
    assert manifest.relations("staging") == set()


def test_parents_are_found_through_ephemeral_models(tmp_path: Path) -> None:
    manifest = load(
        tmp_path,
        entry("model.p.base", "source.p.raw.x"),
        entry("model.p.inlined", "model.p.base", materialized="ephemeral"),
        entry("model.p.mart", "model.p.inlined"),
    )
    parents = manifest.built_parents(manifest.nodes["model.p.mart"])
    assert [parent.name for parent in parents] == ["base"]
