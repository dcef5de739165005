"""The local Airflow's home: where it lives, its generated secrets and its environment."""

import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlencode

from psycopg2.extensions import parse_dsn

from customer360.database.connection import dsn
from customer360.settings import Settings

USER = "admin"
_SECRET_BYTES = 32
# Set from the settings for the processes that run tasks; the caller's shell has no say.
_OWN_VARIABLES = ("C360_DATABASE_URL", "C360_DATABASE_URL_FILE", "C360_DATABASE_NAME")


@dataclass(frozen=True)
class AirflowHome:
    """Paths of one local Airflow, and the settings of the warehouse that its tasks fill."""

    settings: Settings
    program: ClassVar[str] = "airflow"

    @property
    def directory(self) -> Path:
        """AIRFLOW_HOME."""
        return self.settings.data_dir.resolve() / "airflow"

    @property
    def logs(self) -> Path:
        """Logs of the processes, and below it of every task."""
        return self.directory / "logs"

    @property
    def passwords_file(self) -> Path:
        """What the simple auth manager reads: one JSON object, user to password."""
        return self._secret_file("passwords.json")

    @property
    def state_file(self) -> Path:
        """Which processes run on which port, written by `processes`."""
        return self.directory / "processes.json"

    @property
    def metadata_database(self) -> str:
        """Airflow's own database; a server that is not ours may already have an `airflow`."""
        if self.settings.uses_embedded_server:
            return "airflow"
        return f"{parse_dsn(dsn(self.settings))['dbname']}_airflow"

    def _secret_file(self, name: str) -> Path:
        return self.directory / "secrets" / name

    def prepare(self) -> None:
        """Make the directories, and every secret that does not exist yet (mode 0600)."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.passwords_file.parent.mkdir(mode=0o700, exist_ok=True)
        for name in ("jwt_secret", "api_secret_key"):
            write_once(self._secret_file(name), secrets.token_urlsafe(_SECRET_BYTES))
        fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        write_once(self._secret_file("fernet_key"), fernet_key)
        write_once(self.passwords_file, json.dumps({USER: secrets.token_urlsafe(12)}))
        metadata_dsn = dsn(self.settings, self.metadata_database)
        write_private(self._secret_file("metadata_url"), sqlalchemy_url(metadata_dsn))
        if not self.settings.uses_embedded_server:
            write_private(self._secret_file("database_url"), dsn(self.settings))

    def password(self) -> str:
        """Return the generated password of the UI's user."""
        password: str = json.loads(self.passwords_file.read_text())[USER]
        return password

    @property
    def database_url_file(self) -> Path:
        """The warehouse's connection string, where a server is configured."""
        return self._secret_file("database_url")

    def commands(self, port: int) -> Mapping[str, Sequence[str]]:  # noqa: ARG002 - in environment
        """Return the command of each process."""
        airflow = (sys.executable, "-m", "airflow")
        return {
            "api-server": [*airflow, "api-server"],
            "dag-processor": [*airflow, "dag-processor"],
            "scheduler": [*airflow, "scheduler", "--skip-serve-logs"],
        }

    def environment(self, port: int) -> dict[str, str]:
        """Return the whole environment of the Airflow processes, and so of the tasks."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("AIRFLOW_") and name not in _OWN_VARIABLES
        }
        return inherited | self._warehouse_variables() | self._airflow_variables(port)

    def fingerprint(self) -> str:
        """Return a digest of what the processes were started with, apart from the port."""
        variables = self._warehouse_variables() | self._airflow_variables(0)
        return hashlib.sha256(json.dumps(variables, sort_keys=True).encode()).hexdigest()

    def _warehouse_variables(self) -> dict[str, str]:
        settings = self.settings
        variables = {
            "C360_PROJECT_DIR": str(settings.project_dir),
            "C360_DATA_DIR": str(settings.data_dir.resolve()),
            "C360_DBT_THREADS": str(settings.dbt_threads),
            "C360_DBT_TASKS": settings.dbt_tasks,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        if settings.openlineage_url is not None:
            url = settings.openlineage_url.get_secret_value()
            variables |= {"OPENLINEAGE_URL": url, "C360_OPENLINEAGE_URL": url}
            variables |= {"OPENLINEAGE_NAMESPACE": "customer360"}
        if settings.uses_embedded_server:
            return variables | {"C360_DATABASE_NAME": settings.database_name}
        return variables | {"C360_DATABASE_URL_FILE": str(self.database_url_file)}

    def _airflow_variables(self, port: int) -> dict[str, str]:
        address = f"http://127.0.0.1:{port}"
        return {
            "AIRFLOW_HOME": str(self.directory),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.settings.project_dir / "airflow" / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__MAX_MAP_LENGTH": "100000",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.passwords_file),
            "AIRFLOW__CORE__FERNET_KEY_CMD": self._cat("fernet_key"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": self._cat("metadata_url"),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": address,
            "AIRFLOW__API__SECRET_KEY_CMD": self._cat("api_secret_key"),
            "AIRFLOW__API_AUTH__JWT_SECRET_CMD": self._cat("jwt_secret"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs),
            # One machine, one user: answer at once rather than spare a shared metadata database.
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            # A changed file is read at once all the same; the others need no rereading meanwhile.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
            "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        }

    def _cat(self, name: str) -> str:
        return f'cat "{self._secret_file(name)}"'


def sqlalchemy_url(libpq_dsn: str) -> str:
    """Return the SQLAlchemy URL of a libpq connection string, for a socket directory or a host."""
    parts = parse_dsn(libpq_dsn)
    user, password = (
        quote(parts.pop("user", ""), safe=""),
        quote(parts.pop("password", ""), safe=""),
    )
    database = quote(parts.pop("dbname"), safe="")
    login = f"{user}:{password}" if password else user
    query = f"?{urlencode(parts)}" if parts else ""
    return f"postgresql+psycopg2://{login}@/{database}{query}"


def write_once(path: Path, text: str) -> None:
    """Write a secret that does not exist yet, readable by its owner alone."""
    if not path.exists():
        write_private(path, text)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)
