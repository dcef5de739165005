"""The build as a group with one task per model and one for its tests, for C360_DBT_TASKS=models.

One task (the producer) runs a single `dbt build`; the others watch it, each for its own model, so
that the graph shows what runs, and a model that failed can be cleared and runs again by itself.
"""

from typing import Any

from cosmos import (
    DbtTaskGroup,
    ExecutionConfig,
    ExecutionMode,
    LoadMode,
    ProfileConfig,
    ProjectConfig,
    RenderConfig,
    TestBehavior,
)

from customer360.settings import get_settings
from customer360.transformation.model_graph import graph_manifest


def set_dbt_environment(_context: Any) -> None:
    """Give dbt the database, in the task's process only: no password gets into the DAG."""
    import os

    from customer360.database.connection import dbt_environment

    # PGTZ: dbt hands its instants to ops.node_results without a zone.
    os.environ.update(dbt_environment(get_settings()), PGTZ="UTC")


def keep_manifest(project_dir: str, **_kwargs: Any) -> None:
    """Keep the manifest that this build ran by, which the gates compare the results with."""
    from pathlib import Path

    from customer360.transformation.dbt_runner import target_dir
    from customer360.transformation.model_graph import replace_manifest

    replace_manifest(
        Path(project_dir) / "target" / "manifest.json", target_dir(get_settings()) / "manifest.json"
    )


def model_tasks(build_id_task: str) -> DbtTaskGroup:
    """Wire the group; the tasks take the build's id from what `build_id_task` returned.

    Raises:
        FileNotFoundError: if the manifest to draw from was never published.
    """
    settings = get_settings()
    manifest = graph_manifest(settings)
    if not manifest.exists():
        raise FileNotFoundError(
            f"C360_DBT_TASKS is models, and {manifest} is missing: write it with "
            "`python -m customer360.transformation.model_graph`."
        )
    return DbtTaskGroup(
        group_id="models",
        project_config=ProjectConfig(
            dbt_project_path=settings.dbt_project_dir,
            manifest_path=manifest,
            project_name="customer360",
            install_dbt_deps=False,
        ),
        profile_config=ProfileConfig(
            profile_name="customer360",
            target_name="postgres",
            profiles_yml_filepath=settings.dbt_project_dir / "profiles.yml",
        ),
        execution_config=ExecutionConfig(execution_mode=ExecutionMode.WATCHER),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_MANIFEST,
            test_behavior=TestBehavior.AFTER_EACH,
            emit_datasets=False,  # an asset per model would tell of models that no gate has seen
        ),
        operator_args={
            "append_env": True,
            "callback": keep_manifest,
            "deferrable": False,  # there is no triggerer
            "env": {"C360_BUILD_ID": f"{{{{ ti.xcom_pull(task_ids='{build_id_task}') }}}}"},
            "on_execute_callback": set_dbt_environment,
            "poke_interval": 1,
        },
    )
