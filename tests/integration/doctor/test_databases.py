"""The doctor at a real server: what is in order, and each planted fault."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.doctor import databases
from customer360.doctor.findings import Finding
from customer360.settings import Settings


def levels(findings: Iterator[Finding]) -> dict[str, str]:
    return {finding.subject: finding.level for finding in findings}


@contextmanager
def made(server: Settings, what: str, options: str) -> Iterator[str]:
    """A database or a role that lives as long as the test."""
    name = f"doctor_{uuid.uuid4().hex[:8]}"
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(SQL(f"create {what} {{}} {options}").format(Identifier(name)))
        yield name
        cursor.execute(SQL(f"drop {what} {{}}").format(Identifier(name)))


def elsewhere(server: Settings, database: str, login: str = "postgres") -> Settings:
    url = f"postgresql://{login}@/{database}?host={embedded.socket_dir(server.data_dir)}"
    return Settings(data_dir=server.data_dir, database_url=url, _env_file=None)


def test_a_database_made_by_us_is_in_order(database: Settings) -> None:
    assert levels(databases.server(database)) == dict.fromkeys(
        ("Database", "Extensions", "Locale", "Login"), "ok"
    )


def test_an_old_server_without_an_extension_is_wrong(database: Settings) -> None:
    with connect(database) as connection:
        found = list(databases.database(connection, oldest=99, extensions=("no_such",)))
    by_subject = {finding.subject: finding for finding in found}
    assert by_subject["Database"].level == by_subject["Extensions"].level == "wrong"
    assert "older than 99" in by_subject["Database"].message
    assert "no_such" in by_subject["Extensions"].message


def test_another_order_of_texts_is_warned_of(server: Settings) -> None:
    locale = "template template0 locale_provider builtin builtin_locale 'PG_UNICODE_FAST'"
    with made(server, "database", locale) as name:
        found = levels(databases.server(elsewhere(server, name)))
    assert found["Locale"] == "warning"


def test_a_login_that_may_not_make_roles_is_wrong(server: Settings) -> None:
    with made(server, "role", "login") as login:
        found = list(databases.server(elsewhere(server, "postgres", login)))
    (finding,) = (one for one in found if one.subject == "Login")
    assert finding.level == "wrong"
    assert f"alter role {login} createrole" in finding.remedy
    assert f"owner to {login}" in finding.remedy


def test_a_server_that_is_away_is_wrong_and_no_password_is_told(tmp_path: Path) -> None:
    url = "postgresql://user:hush@127.0.0.1:1/customer360"
    settings = Settings(data_dir=tmp_path, database_url=url, _env_file=None)
    (finding,) = databases.server(settings)
    assert finding.level == "wrong"
    assert "C360_DATABASE_URL" in finding.remedy
    assert "hush" not in str(finding)


def test_without_a_server_an_embedded_one_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=None, database_url_file=None, _env_file=None
    )
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text("4194305\n")
    pid_file, trial = databases.server(settings)
    assert (pid_file.level, trial.level) == ("warning", "ok")
    assert "left behind" in pid_file.message

    def fails(_: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(embedded, "start", fails)
    *_, trial = databases.server(settings)
    assert trial.level == "wrong"
    assert "no space left" in trial.message


def test_airflow_s_database_is_looked_at(server: Settings) -> None:
    (finding,) = databases.airflow_metadata(elsewhere(server, "not_there"))
    assert finding.level == "ok"
    assert "make demo" in finding.message
    with made(server, "database", "") as name:
        pass
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"create database {name}_airflow")
        (finding,) = databases.airflow_metadata(elsewhere(server, name))
        assert finding.level == "warning"
        with connect(server, database=f"{name}_airflow") as airflow, airflow:
            airflow.cursor().execute("create table dag (dag_id text)")
        (finding,) = databases.airflow_metadata(elsewhere(server, name))
        assert finding.level == "ok"
        cursor.execute(f"drop database {name}_airflow with (force)")
