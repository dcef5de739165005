"""No password, key or token lies in the repository."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

from customer360.settings import PROJECT_DIR

# Hashes of packages, and what is drawn or generated from other files that are scanned.
NOT_SCANNED = (
    "requirements.txt",
    "requirements-dev.txt",
    "bi/superset/requirements.txt",
    "docs/lineage.svg",
)
# What examples and tests write where a secret would stand, and digests that are no secrets.
PLACEHOLDERS = {
    "password",
    "token",
    "s3cret",
    "pl4nted-s3cret",
    "p@ss",
    "p%40ss",
    "p@ss/w:rd",
    "p%40ss%2Fw%3Ard",
    "t:/k@n",
    "cat /run/c360-secrets/jwt_secret",
    "cat /run/c360-secrets/api_secret_key",
    "select secret from ops.identity_secrets",
    "hush",  # of a unit test
    "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8",  # of CDNOW's file
    "57e193d7a9cc81b4027498b5",  # an ObjectId of MongoDB's manual
    "65a5f0c2e4b0a1b2c3d4e5f6",
    "65a5f0c2e4b0a1b2c3d4e5f7",
    "o0w498Or7cijeBSpkquNtg==",  # a UUID of MongoDB's manual
}


def tracked_files() -> list[Path]:
    """Return what is in the repository, also where it was not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=PROJECT_DIR, text=True).splitlines()
    return [PROJECT_DIR / name for name in names if name not in NOT_SCANNED]


def secrets_in(files: Iterable[Path]) -> list[str]:
    """Return place and kind of each finding that is no placeholder."""
    found: list[Any] = []
    with default_settings():
        for file in files:
            found += scan_file(str(file)) if file.is_file() else []
    return [
        f"{one.filename}:{one.line_number}: {one.type}"
        for one in found
        if one.secret_value not in PLACEHOLDERS
    ]


def test_no_secret_is_in_the_repository() -> None:
    assert secrets_in(tracked_files()) == []


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.py", 'password = "{}"', "Secret Keyword"),
        ("a.yml", "url: postgresql://me:{}@host/db", "Basic Auth Credentials"),
        ("a.pem", "-----BEGIN {} PRIVATE KEY-----", "Private Key"),
        ("a.py", 'key = "AKIA{}"', "AWS Access Key"),
        ("a.py", 'x = "ghp_{}"', "GitHub Token"),
    ],
)
def test_planted_secrets_are_found(tmp_path: Path, name: str, text: str, kind: str) -> None:
    planted = {
        "Private Key": "RSA",
        "AWS Access Key": "Q3EGRI4ZLBW5XNDT",
        "GitHub Token": "wWPw5k4aXcaT4fNP" + "0UcnZwJUVFk6LO0pINUx",  # apart, or it is found here
    }.get(kind, "q7Rz-Lw9.vTe4Ks")
    (tmp_path / name).write_text(text.format(planted) + "\n")
    assert any(kind in finding for finding in secrets_in([tmp_path / name]))
