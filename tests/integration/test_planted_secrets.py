"""A password that is planted in the settings reaches neither the terminal nor a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from customer360.database.connection import connect
from customer360.settings import PROJECT_DIR, Settings
from customer360.transformation.dbt_runner import run_dbt

SECRET = "pl4nted-s3cret"  # noqa: S105 - planted


def run(data_dir: Path, url: str, *arguments: str) -> str:
    """Run `customer360 --verbose …` with this database; return all that it says."""
    environment = {name: text for name, text in os.environ.items() if "C360" not in name}
    environment |= {"C360_DATA_DIR": str(data_dir), "C360_DATABASE_URL": url, "COLUMNS": "300"}
    result = subprocess.run(
        [sys.executable, "-c", "from customer360.cli import run; run()", "--verbose", *arguments],
        cwd=PROJECT_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout


def files_with(text: str, directory: Path) -> list[Path]:
    """Return the files below `directory` that hold the text."""
    return [
        path
        for path in directory.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


@pytest.fixture
def planted_url(database: Settings) -> str:
    """The URL of a set-up database with the planted password, which its server does not ask for."""
    assert database.database_url is not None
    url = database.database_url.get_secret_value()
    return url.replace("postgres@", f"postgres:{SECRET}@")


def test_commands_and_dbt_keep_the_password(
    database: Settings, planted_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    data_dir = database.data_dir
    debug = ("dbt", "debug", "--log-path", str(data_dir / "debug"), "--log-level", "debug")
    commands = (("db", "start"), ("load",), ("status",), ("gates",), debug)
    said = {arguments[0:2]: run(data_dir, planted_url, *arguments) for arguments in commands}
    assert "OK connection ok" in said["dbt", "debug"]
    caplog.set_level("DEBUG")
    planted = database.model_copy(update={"database_url": SecretStr(planted_url)})
    run_dbt(planted, ["seed", "--select", "countries", "--log-level-file", "debug"], "planted")
    assert "countries" in caplog.text
    assert [command for command, text in said.items() if SECRET in text] == []
    assert SECRET not in caplog.text
    names = {path.name for path in data_dir.rglob("*")}
    assert {"dbt.log", "manifest.json", "run_results.json"} <= names
    assert files_with(SECRET, data_dir) == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:1/db", "[127.0.0.1/db", "127.0.0.1:port/db", "127.0.0.1:1/db?wrong=1", "h%zz/db"],
)
def test_address_that_is_wrong_is_told_without_the_password(tmp_path: Path, address: str) -> None:
    for arguments in (("status",), ("dbt", "debug", "--log-path", str(tmp_path))):
        said = run(tmp_path, f"postgresql://me:{SECRET}@{address}", *arguments)
        assert said.strip()
        assert SECRET not in said
    assert files_with(SECRET, tmp_path) == []


def test_embedded_server_listens_on_no_network(server: Settings) -> None:
    with connect(server, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute("select current_setting('listen_addresses')")
        assert cursor.fetchall() == [("",)]
