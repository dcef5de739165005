"""Make the stack's secrets, once, into the volume that the other services read them from.

A variable that is set overrides: C360_AIRFLOW_PASSWORD at every start,
C360_POSTGRES_PASSWORD before the first.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

DIRECTORY = Path("/run/c360-secrets")
# Read by their owner, Airflow's user, and by the group that Postgres runs as.
MODE = 0o640


def write(name: str, text: str) -> str:
    """Write a secret whole or not at all, and return it."""
    temporary = DIRECTORY / f".{name}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(DIRECTORY / name)
    return text


def keep_or_write(name: str, text: str) -> str:
    """Return the secret of an earlier start, else write this one."""
    path = DIRECTORY / name
    return path.read_text() if path.exists() else write(name, text)


def postgres_password() -> str:
    """Return the database's password, which no variable changes once the database exists."""
    wanted = os.environ.get("C360_POSTGRES_PASSWORD", "")
    password = keep_or_write("postgres_password", wanted or secrets.token_urlsafe(24))
    if wanted and wanted != password:
        sys.exit(
            "C360_POSTGRES_PASSWORD differs from the password that the database was made with: "
            "unset it in .env, or remove the volumes with all data (docker compose down --volumes)."
        )
    return password


def main() -> None:
    """Write every secret that is missing, and those that follow from others."""
    server = f"postgres:{quote(postgres_password(), safe='')}@postgres:5432"
    write("database_url", f"postgresql://{server}/customer360")
    write("metadata_url", f"postgresql+psycopg2://{server}/airflow")
    keep_or_write("fernet_key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    keep_or_write("jwt_secret", secrets.token_urlsafe(32))
    keep_or_write("api_secret_key", secrets.token_urlsafe(32))
    wanted = os.environ.get("C360_AIRFLOW_PASSWORD", "")
    password = (
        write("airflow_password", wanted)
        if wanted
        else keep_or_write("airflow_password", secrets.token_urlsafe(12))
    )
    write("airflow_passwords.json", json.dumps({"admin": password}))


if __name__ == "__main__":
    main()
