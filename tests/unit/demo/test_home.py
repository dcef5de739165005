"""The local Airflow's secrets and environment."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from customer360.demo.home import AirflowHome, sqlalchemy_url
from customer360.settings import Settings


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        (
            "host=/run/pg port=5432 user=postgres dbname=airflow",
            "postgresql+psycopg2://postgres@/airflow?host=%2Frun%2Fpg&port=5432",
        ),
        (
            "host=db user=o'neill password='p@ss/w:rd' dbname=my-db sslmode=require",
            "postgresql+psycopg2://o%27neill:p%40ss%2Fw%3Ard@/my-db?host=db&sslmode=require",
        ),
    ],
)
def test_sqlalchemy_url_keeps_every_part(dsn: str, url: str) -> None:
    dsn = dsn.replace("o'neill", r"o\'neill")
    assert sqlalchemy_url(dsn) == url


def test_secrets_are_private_and_stay_the_same(tmp_path: Path) -> None:
    home = AirflowHome(Settings(data_dir=tmp_path, database_url=None, _env_file=None))
    home.prepare()
    secrets = {file.name: file.read_text() for file in home.passwords_file.parent.iterdir()}
    assert {"fernet_key", "jwt_secret", "api_secret_key", "passwords.json"} <= secrets.keys()
    assert len(set(secrets.values())) == len(secrets)
    for file in home.passwords_file.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home.prepare()
    again = {file.name: file.read_text() for file in home.passwords_file.parent.iterdir()}
    assert again == secrets


def test_no_secret_is_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://me:s3cret@db/shop"
    monkeypatch.setenv("C360_DATABASE_URL", url)
    home = AirflowHome(Settings(data_dir=tmp_path, database_url=SecretStr(url), _env_file=None))
    home.prepare()
    environment = home.environment(8080)
    assert "s3cret" not in " ".join(environment.values())
    assert "s3cret" in Path(environment["C360_DATABASE_URL_FILE"]).read_text()
    assert home.metadata_database == "shop_airflow"


def test_fingerprint_tells_of_a_change_but_not_of_the_port(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=None, _env_file=None)
    same = settings.model_copy(update={"airflow_port": 9000})
    other = settings.model_copy(update={"dbt_tasks": "models"})
    assert AirflowHome(settings).fingerprint() == AirflowHome(same).fingerprint()
    assert AirflowHome(settings).fingerprint() != AirflowHome(other).fingerprint()
