"""A throw-away dbt project with the real recording hooks, and a database for it."""

import shutil
from pathlib import Path

import pytest

from customer360.settings import PROJECT_DIR, Settings

_PROJECT = """
name: shop
version: "1.0"
profile: customer360
vars: {as_of_date: null}
on-run-start: "{{ record_build() }}"
on-run-end: "{{ record_node_results(results) }}"
models:
  shop:
    staging: {+schema: staging, +materialized: table}
    marts: {+schema: warehouse_next, +materialized: table}
"""
_PROPERTIES = """
models:
  - name: customers
    config: {contract: {enforced: true}}
    columns:
      - name: id
        data_type: integer
        data_tests: [unique, not_null]
      - name: generation
        data_type: integer
"""


@pytest.fixture
def tiny(database: Settings, tmp_path: Path) -> Settings:
    """Settings whose dbt project is staging -> customers -> best_customers."""
    project = tmp_path / "project" / "dbt_project"
    real = PROJECT_DIR / "dbt_project"
    shutil.copytree(real / "macros" / "hooks", project / "macros")
    shutil.copy(real / "profiles.yml", project)
    (project / "dbt_project.yml").write_text(_PROJECT)
    write_model(project, "staging/stg_customers", "select n as id from generate_series(1, 3) as n")
    write_model(
        project, "marts/customers", "select id, 1 as generation from {{ ref('stg_customers') }}"
    )
    write_model(
        project, "marts/best_customers", "select * from {{ ref('customers') }} where id = 1"
    )
    (project / "models" / "marts" / "customers.yml").write_text(_PROPERTIES)
    return database.model_copy(update={"project_dir": project.parent})


def write_model(project: Path, name: str, sql: str) -> None:
    """Write one model's file."""
    file = project / "models" / f"{name}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sql)
