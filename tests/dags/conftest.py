"""Airflow for DAG tests: a home of its own, parsed DAGs, no metadata database."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from customer360.settings import PROJECT_DIR

if TYPE_CHECKING:
    from airflow.sdk import DAG

DAGS_DIR = PROJECT_DIR / "airflow" / "dags"
# Airflow reads these once, when it is imported: before any test, and so before any fixture.
_HOME = tempfile.mkdtemp(prefix="c360-airflow-")
os.environ |= {
    "AIRFLOW_HOME": _HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS_DIR),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME}/never-created.db",
}


def pytest_unconfigure() -> None:
    """Remove the home in the end; each process that collects these tests has made one."""
    shutil.rmtree(_HOME, ignore_errors=True)


def parse_dags() -> tuple[dict[str, "DAG"], dict[str, str]]:
    """Parse the DAG files as the DAG processor does; return the DAGs and the import errors."""
    from airflow.dag_processing.dagbag import BundleDagBag  # noqa: PLC0415 - after the settings

    bag = BundleDagBag(DAGS_DIR, bundle_path=DAGS_DIR, bundle_name="dags-folder")
    return dict(bag.dags), dict(bag.import_errors)


@pytest.fixture(scope="session")
def dags() -> "dict[str, DAG]":
    """Every DAG by its id; fails where a file cannot be imported."""
    parsed, errors = parse_dags()
    assert errors == {}
    return parsed


@pytest.fixture(scope="session", autouse=True)
def _no_database_was_needed() -> "object":
    yield
    assert not Path(_HOME, "never-created.db").exists()
