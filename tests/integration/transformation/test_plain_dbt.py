"""A person's own `dbt` in `dbt_project/`, with no variable set, finds the embedded server."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.initialise import create_database
from customer360.database.setup import ensure_database
from customer360.settings import PROJECT_DIR, Settings

DBT = Path(sys.executable).with_name("dbt")
CUSTOMER360 = ("C360_", "DBT_", "PG")


@pytest.fixture
def clone(server: Settings, tmp_path: Path) -> Path:
    """A folder with the dbt project and, beside it, the data of a running server."""
    create_database(server, "customer360")
    (tmp_path / "dbt_project").symlink_to(PROJECT_DIR / "dbt_project")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postgres").symlink_to(embedded.socket_dir(server.data_dir))
    return tmp_path


def run(command: str, folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell as in a new terminal, artefacts in `target`."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(CUSTOMER360)}
    environment = plain | {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target)}
    shell = ["sh", "-c", f"cd {shlex.quote(str(folder))} && {command}"]
    return subprocess.run(shell, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    ("place", "options"),
    [("dbt_project", ""), (".", "--project-dir dbt_project --profiles-dir dbt_project")],
    ids=["in dbt_project", "beside dbt_project"],
)
def test_dbt_finds_the_embedded_server(
    clone: Path, tmp_path: Path, place: str, options: str
) -> None:
    result = run(f"{DBT} debug {options}", clone / place, tmp_path / "target")
    assert result.returncode == 0, result.stdout
    assert f"host: {clone}" in result.stdout
    assert "All checks passed" in result.stdout


def test_dbt_says_what_to_do_where_the_database_is_not_set_up(clone: Path, tmp_path: Path) -> None:
    result = run(f"{DBT} run --select customer_rfm", clone / "dbt_project", tmp_path / "target")
    assert result.returncode != 0
    assert "customer360 db start" in result.stdout


def test_dbt_without_a_key_uses_one_that_is_thrown_away(
    server: Settings, clone: Path, tmp_path: Path
) -> None:
    ensure_database(server.model_copy(update={"database_name": "customer360"}))
    keys = set()
    for number in range(2):
        command = f"{DBT} seed --select countries"
        result = run(command, clone / "dbt_project", tmp_path / f"target{number}")
        assert result.returncode == 0, result.stdout
        with connect(server, role="c360_transformer") as connection, connection.cursor() as cursor:
            cursor.execute("select ops.pseudonym('jane@example.com'), ops.pseudonym(null)")
            pseudonym, none = cursor.fetchone() or (None, "")
            keys.add(pseudonym)
            assert (len(str(pseudonym)), none) == (32, None)
            cursor.execute("select has_throwaway_key from ops.builds")
            assert {kept for (kept,) in cursor.fetchall()} == {True}
    assert len(keys) == 2
