"""Settings that cannot work are refused with what to set instead."""

from pathlib import Path

import pytest

from customer360.database.connection import dbt_environment, dsn
from customer360.database.embedded import socket_dir
from customer360.errors import ConfigurationError
from customer360.settings import PROJECT_DIR, Settings


def with_url(url: str) -> Settings:
    return Settings(database_url=url, database_url_file=None, _env_file=None)


def test_dbt_is_given_every_part_of_the_url(tmp_path: Path) -> None:
    settings = with_url(
        "postgresql://me:p%40ss@db:5433/crm?sslmode=verify-full&sslrootcert=/ca.pem"
    ).model_copy(update={"data_dir": tmp_path})
    environment = dbt_environment(settings)
    assert environment["C360_DBT_HOST"] == "db"
    assert environment["C360_DBT_PORT"] == "5433"
    assert environment["C360_DBT_DATABASE"] == "crm"
    assert environment["DBT_ENV_SECRET_C360_PASSWORD"] == "p@ss"  # noqa: S105
    assert environment["C360_DBT_SSLMODE"] == "verify-full"
    assert environment["C360_DBT_SSLROOTCERT"] == "/ca.pem"


def test_an_option_that_dbt_cannot_be_given_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"connect_timeout.*PGOPTIONS"):
        dbt_environment(with_url("postgresql://me@db/crm?connect_timeout=3"))


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="must hold a URL"):
        dsn(with_url("nonsense"))


def test_a_missing_file_with_the_url_is_named(tmp_path: Path) -> None:
    settings = Settings(database_url=None, database_url_file=tmp_path / "url", _env_file=None)
    with pytest.raises(ConfigurationError, match=str(tmp_path / "url")):
        dsn(settings)


@pytest.mark.parametrize("folder", ["a b", "it's", "x" * 120])
def test_a_folder_that_no_socket_can_lie_in_is_refused(folder: str) -> None:
    with pytest.raises(ConfigurationError, match="set C360_DATA_DIR to another folder"):
        socket_dir(Path("/tmp") / folder)  # noqa: S108 - nothing is made there


def test_a_relative_data_dir_starts_from_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert (
        Settings(data_dir=Path("elsewhere"), _env_file=None).data_dir == PROJECT_DIR / "elsewhere"
    )
