"""dbt_utils comes from the hub where it answers, else it is our drop-in, and the real one stays."""

import shutil
import stat
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from customer360.settings import PROJECT_DIR, Settings
from customer360.transformation import packages

CLOSED_HUB = "http://127.0.0.1:9/"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project without installed packages, on a network without the hub."""
    shutil.copytree(
        PROJECT_DIR / "dbt_project" / "offline_packages",
        tmp_path / "dbt_project" / "offline_packages",
    )
    monkeypatch.setenv("DBT_PACKAGE_HUB_URL", CLOSED_HUB)
    return Settings(project_dir=tmp_path, data_dir=tmp_path / "data", _env_file=None)


@pytest.fixture
def hub(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory served as the hub, which knows dbt_utils."""
    root = settings.project_dir / "hub"
    entry = root / "api" / "v1" / "dbt-labs" / "dbt_utils.json"
    entry.parent.mkdir(parents=True)
    entry.write_text("{}")
    server = HTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DBT_PACKAGE_HUB_URL", f"http://127.0.0.1:{server.server_port}/")
    yield entry
    server.shutdown()
    server.server_close()


def installed(settings: Settings) -> Path:
    return settings.dbt_project_dir / "dbt_packages" / "dbt_utils"


def stand_in_for_dbt(monkeypatch: pytest.MonkeyPatch, directory: Path, script: str) -> None:
    """Make `dbt` beside the interpreter a shell script."""
    dbt = directory / "bin" / "dbt"
    dbt.parent.mkdir()
    dbt.write_text(f"#!/bin/sh\n{script}\n")
    dbt.chmod(dbt.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(dbt.with_name("python")))


def write_real_package(package: Path) -> None:
    (package / "macros").mkdir(parents=True)
    (package / "dbt_project.yml").write_text("name: dbt_utils\n")
    (package / "macros" / "real.sql").write_text("{% macro real() %}{% endmacro %}")


def test_closed_network_gets_the_drop_in(settings: Settings) -> None:
    message = packages.install_packages(settings)
    assert "drop-in" in message
    assert "127.0.0.1:9" in message
    assert (installed(settings) / "macros" / "accepted_range.sql").exists()
    assert not packages.is_real(installed(settings))


def test_drop_in_is_renewed_whole(settings: Settings) -> None:
    packages.install_packages(settings)
    (installed(settings) / "macros" / "left_over.sql").touch()
    packages.install_packages(settings)
    assert not (installed(settings) / "macros" / "left_over.sql").exists()
    assert [path.name for path in installed(settings).parent.iterdir()] == ["dbt_utils"]


def test_real_package_is_never_overwritten(settings: Settings) -> None:
    write_real_package(installed(settings))
    assert "is installed" in packages.install_packages(settings)
    assert (installed(settings) / "macros" / "real.sql").exists()


def test_broken_package_is_no_real_one(settings: Settings) -> None:
    installed(settings).mkdir(parents=True)
    (installed(settings) / "dbt_project.yml").write_text("name: dbt_utils\n")
    assert "drop-in" in packages.install_packages(settings)


@pytest.mark.usefixtures("hub")
def test_open_network_gets_the_real_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages.install_drop_in(settings)
    real = tmp_path / "real"
    write_real_package(real)
    script = f'rm -r "{installed(settings)}" && cp -r "{real}" "{installed(settings)}"'
    stand_in_for_dbt(monkeypatch, tmp_path, script)
    assert packages.install_packages(settings) == "dbt_utils was installed from dbt's hub."
    assert packages.is_real(installed(settings))


@pytest.mark.usefixtures("hub")
def test_failing_deps_leaves_the_drop_in_and_says_why(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_dbt(monkeypatch, tmp_path, "echo 'no space left'; exit 2")
    assert "no space left" in packages.install_packages(settings)
    assert not packages.is_real(installed(settings))


@pytest.mark.usefixtures("hub")
def test_hanging_deps_is_given_up(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "DEPS_SECONDS", 0.2)
    stand_in_for_dbt(monkeypatch, tmp_path, "exec sleep 30")
    assert "did not end" in packages.install_packages(settings)


def test_hub_that_knows_no_dbt_utils_is_named(settings: Settings, hub: Path) -> None:
    hub.unlink()
    assert "404" in packages.install_packages(settings)


def test_hub_address_must_be_of_the_web(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_PACKAGE_HUB_URL", "file:///etc/passwd")
    assert "no web address" in packages.install_packages(settings)


def test_missing_drop_in_is_said(settings: Settings) -> None:
    shutil.rmtree(settings.dbt_project_dir / "offline_packages")
    with pytest.raises(FileNotFoundError, match="check the project out again"):
        packages.install_packages(settings)
