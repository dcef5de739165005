"""The build with a task per model: drawn from a manifest of its own, judged by the same gates."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from customer360.settings import Settings, get_settings
from customer360.transformation.manifest import load_manifest
from customer360.transformation.model_graph import (
    graph_manifest,
    publish_manifest,
    replace_manifest,
)
from tests.dags.conftest import parse_dags

if TYPE_CHECKING:
    from airflow.sdk import DAG

UNIQUE = "s3cret-of-the-database"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that ask for a task per model and have a password, which tasks find too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setenv("C360_DATABASE_URL", f"postgresql://me:{UNIQUE}@127.0.0.1:1/nowhere")
        patch.setenv("C360_DBT_TASKS", "models")
        get_settings.cache_clear()
        yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(scope="module")
def build(settings: Settings) -> "DAG":
    """The parsed build, after its manifest was published."""
    publish_manifest(settings)
    dags, errors = parse_dags()
    assert errors == {}
    return dags["build_warehouse"]


def test_a_missing_manifest_is_named_with_its_remedy(settings: Settings) -> None:
    assert not graph_manifest(settings).exists()
    dags, errors = parse_dags()
    assert "build_warehouse" not in dags
    (error,) = errors.values()
    assert str(graph_manifest(settings)) in error
    assert "python -m customer360.transformation.model_graph" in error


def test_every_model_has_its_task_before_the_gates(build: "DAG", settings: Settings) -> None:
    manifest = load_manifest(graph_manifest(settings))
    models = {node.name for node in manifest.nodes.values() if node.resource_type == "model"}
    # A model with tests is a group of a run and a test; one without is a task.
    names = [task_id.split(".") for task_id in build.task_ids if task_id.startswith("models.")]
    runs = {parts[1].removesuffix("_run") for parts in names if parts[-1].endswith("run")}
    assert models
    assert runs == models
    upstream = build.get_task("check_gates").get_flat_relative_ids(upstream=True)
    assert {task_id for task_id in build.task_ids if task_id.startswith("models.")} <= upstream
    assert build.get_task("publish").upstream_task_ids == {"check_gates", "start_build"}


def test_watchers_need_no_triggerer(build: "DAG") -> None:
    watchers = [task for task in build.tasks if task.task_id.endswith(".run")]
    assert {task.deferrable for task in watchers} == {False}
    assert {task.poke_interval for task in watchers} == {1}


def test_the_password_is_not_in_the_dag(build: "DAG", settings: Settings) -> None:
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415 - slow

    serialized = str(DagSerialization.to_dict(build))
    assert "C360_BUILD_ID" in serialized
    assert UNIQUE not in serialized
    assert UNIQUE in str(settings.database_url.get_secret_value() if settings.database_url else "")


def test_the_manifest_is_exchanged_as_a_whole(tmp_path: Path) -> None:
    source, destination = tmp_path / "source.json", tmp_path / "graph" / "manifest.json"
    source.write_text("old")
    replace_manifest(source, destination)
    with destination.open() as reader:
        source.write_text("new and longer")
        replace_manifest(source, destination)
        assert reader.read() == "old"
    assert destination.read_text() == "new and longer"
    assert list(destination.parent.iterdir()) == [destination]
