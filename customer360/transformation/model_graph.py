"""The manifest that Airflow draws a task per model from: a copy that no dbt command writes to.

A DAG file is imported at any moment, also while dbt writes its own target/manifest.json; so it
reads this copy, which is exchanged as a whole.

    python -m customer360.transformation.model_graph
"""

import shutil
from pathlib import Path

from customer360.settings import Settings, get_settings
from customer360.transformation.dbt_runner import run_dbt, target_dir


def graph_manifest(settings: Settings) -> Path:
    """Return where the copy lies."""
    return settings.data_dir.resolve() / "dbt" / "airflow" / "manifest.json"


def publish_manifest(settings: Settings) -> Path:
    """Parse the project and exchange the copy for what came of it; return its path.

    Raises:
        DbtFailed: if the project cannot be parsed; the copy is as it was.
    """
    run_dbt(settings, ["parse"], "parse")
    return replace_manifest(target_dir(settings) / "manifest.json", graph_manifest(settings))


def replace_manifest(source: Path, destination: Path) -> Path:
    """Copy a manifest so that a reader finds the old one or the new one, never a part."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = destination.with_suffix(".new")
    shutil.copyfile(source, temporary)
    return temporary.replace(destination)


if __name__ == "__main__":
    publish_manifest(get_settings())
