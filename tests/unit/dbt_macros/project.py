"""A throw-away dbt project with the real macros and the drop-in; compiling it needs no database."""

import shutil
from pathlib import Path

import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult

from customer360.settings import PROJECT_DIR

DBT_PROJECT = PROJECT_DIR / "dbt_project"
DROP_IN = DBT_PROJECT / "offline_packages" / "dbt_utils"


def write_project(directory: Path) -> None:
    """Write a project named like the real one, so that its macros find each other."""
    (directory / "models").mkdir()
    (directory / "models" / "things.sql").write_text("select 1 as id, 2 as part")
    project = {
        "name": "customer360",
        "version": "1.0.0",
        "profile": "customer360",
        "macro-paths": [str(DBT_PROJECT / "macros")],
        "packages-install-path": str(DROP_IN.parent),
        "flags": {"require_generic_test_arguments_property": True},
    }
    (directory / "dbt_project.yml").write_text(yaml.safe_dump(project))
    shutil.copy(DBT_PROJECT / "packages.yml", directory)


def compile_project(directory: Path, *arguments: str) -> dbtRunnerResult:
    """Run `dbt compile` without a connection."""
    options = ["--no-introspect", "--no-populate-cache", "--project-dir", str(directory)]
    places = ["--profiles-dir", str(DBT_PROJECT), "--log-path", str(directory / "logs")]
    target = ["--target-path", str(directory / "target")]
    return dbtRunner().invoke(["--quiet", "compile", *options, *places, *target, *arguments])
