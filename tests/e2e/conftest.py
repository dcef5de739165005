"""A published warehouse with everything that dashboards show, and Superset over it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from rich.console import Console

from customer360.bi.home import SupersetHome
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.publishing.commands import publish_build
from customer360.settings import Settings
from customer360.transformation.commands import build_warehouse
from data_generators.config import GeneratorConfig
from data_generators.generate import generate

_LOGIN = re.compile(r"^User +(\w+) +password (\S+)$", re.MULTILINE)
_ADDRESS = re.compile(r"^Superset +(http://127\.0\.0\.1:\d+)$", re.MULTILINE)
# Two files as no system should send them: of one a row is kept apart, the other is refused.
_BAD_FILES = {
    "half_good.csv": "source,source_id,first_name\nkiosk,1,Ann\n,2,Bob\n",
    "no_key.csv": "first_name\nAnn\n",
}


@dataclass(frozen=True)
class Warehouse:
    """A published warehouse on a server of its own."""

    settings: Settings

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def number(self, query: str) -> Decimal:
        """Return the only value of a query."""
        ((value,),) = self.rows(query)
        return Decimal(value)


@dataclass(frozen=True)
class Superset:
    """A running Superset as `customer360 bi start` told where it is and who may log in."""

    address: str
    passwords: dict[str, str]
    warehouse: Warehouse


@pytest.fixture(scope="module")
def published() -> Iterator[Warehouse]:
    """Two years of 1,000 customer records from files to readers, then two bad files."""
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        settings = Settings(
            data_dir=Path(directory), database_url=None, database_url_file=None, _env_file=None
        )
        try:
            _publish(settings)
            yield Warehouse(settings)
        finally:
            run(settings, "stop")


def _publish(settings: Settings) -> None:
    ensure_database(settings)
    generate(GeneratorConfig(customers=1_000, output=settings.data_dir))
    for file in pending_files(settings):
        assert load_file(settings, file).status == "loaded"
    console = Console(record=True, width=160)
    assert build_warehouse(settings, None, console) == 0, console.export_text()
    assert publish_build(settings, console, datetime.now(UTC)) == 0, console.export_text()
    folder = settings.landing_dir / "external_customers"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _BAD_FILES.items():
        (folder / name).write_text(text)
        load_file(settings, folder / name)


@pytest.fixture(scope="module")
def superset(published: Warehouse) -> Superset:
    """Superset as a newcomer starts it; `published` stops it."""
    if reason := missing(published.settings):
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    said = run(published.settings, "bi", "start")
    (address,) = _ADDRESS.findall(said)
    return Superset(address, dict(_LOGIN.findall(said)), published)


def missing(settings: Settings) -> str | None:
    """Return what dashboards cannot be looked at without, or None where all of it is here."""
    if not SupersetHome(settings).python.exists():
        return "Superset's environment is not made: `make setup-dashboards`"
    if shutil.which("chromium") is None:
        return "there is no chromium on PATH: `make setup-dashboards`, or install it"
    return None


def run(settings: Settings, *arguments: str) -> str:
    """Run `customer360 …` on a data directory as a person does; return what it printed."""
    result = subprocess.run(
        [Path(sys.executable).with_name("customer360"), *arguments],
        env=os.environ
        | {
            "C360_DATA_DIR": str(settings.data_dir),
            "C360_DATABASE_URL": "",
            "C360_DATABASE_URL_FILE": "",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
