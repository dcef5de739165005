"""The local Superset's home: where it lives, its generated secrets and its environment."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from psycopg2.extensions import parse_dsn

from customer360.database.connection import dsn
from customer360.demo.home import sqlalchemy_url, write_once, write_private
from customer360.settings import Settings

# Users of Superset and what they may do there; see bi/superset/bootstrap.py for the roles.
USERS = {
    "admin": ["Admin"],
    "analyst": ["Analyst"],
    "privacy_analyst": ["Analyst of personal data"],
}
# Logins of Superset's two connections, and the group role each is a member of.
LOGINS = {"c360_superset": "c360_bi", "c360_superset_personal": "c360_pii"}
# Owns Superset's own database, and has no right in the warehouse.
METADATA_LOGIN = "c360_superset_metadata"
_SECRET_BYTES = 42


@dataclass(frozen=True)
class SupersetHome:
    """Paths of one local Superset, and the settings of the warehouse that it shows."""

    settings: Settings
    program: ClassVar[str] = "superset"

    @property
    def directory(self) -> Path:
        """SUPERSET_HOME."""
        return self.settings.data_dir.resolve() / "superset"

    @property
    def logs(self) -> Path:
        """Logs of the bootstrap and of the server."""
        return self.directory / "logs"

    @property
    def state_file(self) -> Path:
        """Which process runs on which port."""
        return self.directory / "processes.json"

    @property
    def project(self) -> Path:
        """Configuration, bootstrap and assets."""
        return self.settings.project_dir / "bi" / "superset"

    @property
    def python(self) -> Path:
        """The interpreter of Superset's own environment."""
        return self.settings.project_dir / ".venv-superset" / "bin" / "python"

    @property
    def metadata_database(self) -> str:
        """Superset's own database, beside the warehouse."""
        if self.settings.uses_embedded_server:
            return "superset"
        return f"{parse_dsn(dsn(self.settings))['dbname']}_superset"

    def secret_file(self, name: str) -> Path:
        """Return where a secret of that name lies."""
        return self.directory / "secrets" / name

    def prepare(self) -> None:
        """Make the directories, and every secret that does not exist yet (mode 0600)."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.secret_file("").mkdir(mode=0o700, exist_ok=True)
        write_once(self.secret_file("secret_key"), secrets.token_urlsafe(_SECRET_BYTES))
        passwords = {name: secrets.token_urlsafe(12) for name in USERS}
        write_once(self.secret_file("passwords.json"), json.dumps(passwords))
        for login in (*LOGINS, METADATA_LOGIN):
            write_once(self.secret_file(f"{login}_password"), secrets.token_urlsafe(24))
        logins = {
            name: {"password": password, "roles": USERS[name]}
            for name, password in self.passwords().items()
        }
        write_private(self.secret_file("logins.json"), json.dumps(logins))
        metadata = self._dsn_of(METADATA_LOGIN, self.metadata_database)
        write_private(self.secret_file("metadata_url"), sqlalchemy_url(metadata))
        for login in LOGINS:
            write_private(self.secret_file(f"{login}_url"), sqlalchemy_url(self._dsn_of(login)))

    def passwords(self) -> dict[str, str]:
        """Return the generated passwords of Superset's users."""
        passwords: dict[str, str] = json.loads(self.secret_file("passwords.json").read_text())
        return passwords

    def login_password(self, login: str) -> str:
        """Return the generated password of a database login."""
        return self.secret_file(f"{login}_password").read_text()

    def _dsn_of(self, login: str, database: str | None = None) -> str:
        parts = parse_dsn(dsn(self.settings, database)) | {"user": login}
        parts["password"] = self.login_password(login)
        return " ".join(f"{name}='{value}'" for name, value in parts.items())

    def commands(self, port: int) -> Mapping[str, Sequence[str]]:
        """Return the command of the server: gunicorn, on loopback."""
        options = ["--config", str(self.project / "gunicorn.conf.py")]
        options += ["--bind", f"127.0.0.1:{port}"]
        gunicorn = [str(self.python), "-m", "gunicorn"]
        return {"superset": [*gunicorn, *options, "superset.app:create_app()"]}

    def environment(self, port: int) -> dict[str, str]:  # noqa: ARG002 - the same on every port
        """Return the whole environment of Superset."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SUPERSET_", "C360_", "FLASK_", "PYTHON"))
        }
        return inherited | self._variables()

    def fingerprint(self) -> str:
        """Return a digest of what the server was started with and of the imported assets."""
        digest = hashlib.sha256(json.dumps(self._variables(), sort_keys=True).encode())
        for path in sorted(self.project.rglob("*.*")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _variables(self) -> dict[str, str]:
        return {
            "SUPERSET_HOME": str(self.directory),
            "SUPERSET_CONFIG_PATH": str(self.project / "superset_config.py"),
            "C360_SUPERSET_SECRET_KEY_FILE": str(self.secret_file("secret_key")),
            "C360_SUPERSET_METADATA_URL_FILE": str(self.secret_file("metadata_url")),
            "C360_SUPERSET_LOGINS_FILE": str(self.secret_file("logins.json")),
            "C360_SUPERSET_WAREHOUSE_URL_FILE": str(self.secret_file("c360_superset_url")),
            "C360_SUPERSET_WAREHOUSE_PERSONAL_URL_FILE": str(
                self.secret_file("c360_superset_personal_url")
            ),
        }
