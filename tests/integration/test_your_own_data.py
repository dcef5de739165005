"""The page that brings a system of one's own, done as it is written."""

import re
import shutil
from pathlib import Path

import pytest

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.settings import PROJECT_DIR, Settings
from tests.integration.marts.warehouse import Warehouse

PAGE = (PROJECT_DIR / "docs" / "your-own-data.md").read_text(encoding="utf-8")
BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"In `([^`]+)`, under `([^`]+)`")


def follow(project: Path) -> list[str]:
    """Write each block of the page into the file that it names; return the names."""
    names = []
    for language, name, text in BLOCK.findall(PAGE):
        path = project / name
        if language == "jinja":
            line = dict(PLACE.findall(PAGE))[name]
            before = path.read_text()
            assert before.count(f"{line}\n") == 1
            path.write_text(before.replace(f"{line}\n", f"{line}\n{text}"))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        names.append(name)
    return names


@pytest.fixture
def project(database: Settings, tmp_path: Path) -> Settings:
    """A copy of the project, with a data directory of its own, over an empty database."""
    copy = tmp_path / "project"
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PROJECT_DIR / "dbt_project", copy / "dbt_project", ignore=ignored)
    (copy / "sql").symlink_to(PROJECT_DIR / "sql")
    return database.model_copy(update={"project_dir": copy, "data_dir": copy / "data"})


def test_a_system_of_one_s_own_is_there_after_what_the_page_says(project: Settings) -> None:
    assert len(follow(project.project_dir)) == 5
    warehouse = Warehouse(project)
    ensure_database(project)
    (file,) = pending_files(project)
    result = load_file(project, file)
    assert (result.status, result.rows_loaded, result.rows_quarantined) == ("loaded", 3, 1)

    selection = ["+dim_customers", "+dim_customers_personal", "--indirect-selection", "cautious"]
    warehouse.build(*selection, as_of_date="2025-12-31")
    with connect(project) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select first_name, email, phone, source_names"
            " from warehouse_next.dim_customers_personal"
            " inner join warehouse_next.dim_customers using (customer_id) order by 1"
        )
        assert cursor.fetchall() == [
            ("Ada", "ada.okafor@example.org", "+4915123456789", "gym"),
            ("Ben", "ruiz.ben@example.org", None, "gym"),
        ]
        cursor.execute(
            "select count(*) from ops.node_results"
            " where unique_id like '%assert_customer_records_reconcile_with_raw%'"
            " and status = 'pass'"
        )
        assert cursor.fetchone() == (1,)
