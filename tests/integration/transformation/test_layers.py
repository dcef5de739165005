"""The layers together run every node of the real project, each exactly once and in time."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

from customer360.identity.step import COMPARED
from customer360.publishing.rules import load_rules
from customer360.settings import PROJECT_DIR
from customer360.transformation.layers import LAYERS, layer_named
from customer360.transformation.manifest import Manifest, load_manifest

DBT_PROJECT = PROJECT_DIR / "dbt_project"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where dbt, which asks no database here, writes the manifest of the project."""
    folder = tmp_path_factory.mktemp("dbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        yield folder / "target"


@pytest.fixture(scope="module")
def selections(target: Path) -> dict[str, list[str]]:  # noqa: ARG001 - sets the environment
    """What dbt itself selects for each layer, by unique_id."""
    return {layer.name: _listed(layer.arguments()[1:]) for layer in LAYERS}


@pytest.fixture(scope="module")
def manifest(selections: dict[str, list[str]], target: Path) -> Manifest:  # noqa: ARG001 - writes it
    """The manifest that the selections were made on."""
    return load_manifest(target / "manifest.json")


def _listed(selection: tuple[str, ...]) -> list[str]:
    project = str(DBT_PROJECT)
    output = ["--output", "json", "--output-keys", "unique_id", "--quiet"]
    places = ["--project-dir", project, "--profiles-dir", project]
    result = dbtRunner().invoke(["list", *selection, *output, *places])
    assert result.success, result.exception
    return [line.split('"')[3] for line in result.result]


def test_every_node_runs_in_exactly_one_layer(
    selections: dict[str, list[str]], manifest: Manifest
) -> None:
    chosen = Counter(node for nodes in selections.values() for node in nodes)
    chosen = Counter({node: times for node, times in chosen.items() if node in manifest.nodes})
    assert set(manifest.nodes) - set(chosen) == set(), "no layer runs these"
    assert {node for node, times in chosen.items() if times > 1} == set(), "run more than once"


def test_first_build_runs_each_node_of_identity_once_around_the_training(
    selections: dict[str, list[str]],
) -> None:
    identity = layer_named("identity")
    compared = _listed(identity.arguments(selection=COMPARED)[1:])
    rest = _listed(identity.arguments(excluded=COMPARED)[1:])
    assert "model.customer360.identity_patterns" in compared
    assert sorted(compared + rest) == sorted(selections["identity"])


def test_no_node_runs_before_what_it_reads(
    selections: dict[str, list[str]], manifest: Manifest
) -> None:
    position = {
        node: place for place, layer in enumerate(LAYERS) for node in selections[layer.name]
    }
    early = [
        (node.name, parent.name)
        for node in manifest.nodes.values()
        for parent in manifest.built_parents(node)
        if position[node.unique_id] < position[parent.unique_id]
    ]
    assert early == []


def test_every_layer_has_something_to_do(selections: dict[str, list[str]]) -> None:
    assert [name for name, nodes in selections.items() if not nodes] == []


def test_gates_name_tests_and_tables_that_exist(manifest: Manifest) -> None:
    rules = load_rules()
    required = {node.name for node in manifest.required.values() if node.resource_type == "test"}
    named = {*rules.rows.tables, *(total.table for total in rules.totals)}
    assert set(rules.reconciliation) - required == set()
    assert named - manifest.relations("warehouse_next") == set()
