"""The doctor finds each planted fault, and says what to do about it."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.console import Console

from customer360.doctor import installation, machine
from customer360.doctor.commands import examine, show_findings
from customer360.doctor.findings import Check, Finding
from customer360.settings import Settings

PETABYTE = 10**15


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        project_dir=tmp_path,
        data_dir=tmp_path / "data",
        database_url=None,
        database_url_file=None,
        _env_file=None,
    )


def only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def assert_found(finding: Finding, level: str, *words: str) -> None:
    assert finding.level == level
    assert finding.remedy
    for word in words:
        assert word in finding.message + finding.remedy


def test_an_old_python_is_wrong(settings: Settings) -> None:
    assert only(installation.python(settings)).level == "ok"
    assert_found(only(installation.python(settings, (3, 10, 9))), "wrong", "3.10.9", "PYTHON=")


def test_packages_are_compared_with_the_lock(settings: Settings) -> None:
    lock = settings.project_dir / "requirements.txt"
    lines = [
        "typer==0.0.1 \\",
        "    --hash=sha256:0123",
        "no-such-package==1.0",
        "another-one==1.0 ; sys_platform == 'win32'",
    ]
    lock.write_text("# by uv\n" + "\n".join(lines) + "\n")
    finding = only(installation.packages(settings))
    assert_found(finding, "wrong", "2 of 2", "typer is", "not 0.0.1", "no-such-package is missing")
    assert "another-one" not in finding.message


def test_the_lock_of_this_project_is_installed() -> None:
    assert only(installation.packages(Settings(_env_file=None))).level == "ok"


def test_missing_dbt_packages_are_wrong(settings: Settings) -> None:
    assert_found(only(installation.dbt_packages(settings)), "wrong", "customer360 packages")
    folder = settings.dbt_project_dir / "dbt_packages" / "dbt_utils"
    folder.mkdir(parents=True)
    (folder / "dbt_project.yml").touch()
    assert only(installation.dbt_packages(settings)).level == "ok"


def test_what_only_dashboards_need_is_no_fault(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    superset, chromium = installation.dashboards(settings)
    assert_found(superset, "warning", "make bi")
    assert_found(chromium, "warning", "make setup-dashboards")


@pytest.mark.parametrize(
    ("enough", "least", "level"),
    [(1, 0, "ok"), (PETABYTE, 0, "warning"), (PETABYTE, PETABYTE, "wrong")],
)
def test_disk_and_memory_are_graded(
    settings: Settings, enough: int, least: int, level: str
) -> None:
    for check in (machine.disk, machine.memory):
        finding = only(check(settings, enough, least))
        assert finding.level == level
        assert "GB" in finding.message


def test_a_data_directory_below_a_file_is_wrong(settings: Settings) -> None:
    settings.data_dir.write_text("in the way")
    below = settings.model_copy(update={"data_dir": settings.data_dir / "data"})
    assert_found(only(machine.data_directory(below)), "wrong", "is a file", "C360_DATA_DIR")


def test_a_path_too_long_for_a_socket_is_wrong(settings: Settings) -> None:
    far = settings.model_copy(update={"data_dir": settings.data_dir / ("deep" * 30)})
    assert_found(only(machine.data_directory(far, 1000)), "wrong", "longer than", "C360_DATA_DIR")


def test_as_root_a_closed_folder_above_the_data_is_wrong(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.data_dir.chmod(0o700)
    assert_found(only(machine.data_directory(settings, 0)), "wrong", "closed", "chmod o+x")


def test_data_of_another_user_are_wrong(settings: Settings) -> None:
    (settings.data_dir / "postgres").mkdir(parents=True)
    owner = (settings.data_dir / "postgres").stat().st_uid
    assert only(machine.data_directory(settings, owner or 0)).subject == "Data directory"
    assert_found(only(machine.data_directory(settings, owner + 1)), "wrong", "belongs to", "chown")


def test_a_taken_port_is_warned_of(settings: Settings) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        taken = settings.model_copy(update={"airflow_port": port})
        finding = next(iter(machine.ports(taken)))
    assert_found(finding, "warning", "taken", "C360_AIRFLOW_PORT")
    assert finding.subject == f"Port {port}"
    assert next(iter(machine.ports(taken))).level == "ok"


def test_processes_that_ended_without_a_stop_are_warned_of(settings: Settings) -> None:
    state = settings.data_dir / "superset" / "processes.json"
    state.parent.mkdir(parents=True)
    process = {"name": "superset", "pid": 2**22 + 1, "created": 0.0, "program": "superset"}
    running = {"port": 8088, "fingerprint": "", "started_at": 0.0, "processes": [process]}
    state.write_text(json.dumps(running))
    finding = only(machine.left_behind(settings))
    assert_found(finding, "warning", "ended without", "customer360 stop")
    state.write_text("{")
    finding = only(examine(settings, [machine.left_behind]))
    assert_found(finding, "wrong", "could not be looked at")


@pytest.mark.parametrize(("levels", "code"), [((), 0), (("warning",), 0), (("ok", "wrong"), 1)])
def test_the_exit_code_says_whether_something_is_wrong(
    settings: Settings, levels: tuple[str, ...], code: int
) -> None:
    def check(_: Settings) -> list[Finding]:
        return [Finding(level, "Thing", "is so", "do that") for level in levels]  # type: ignore[arg-type]

    checks: list[Check] = [check]
    console = Console(record=True, width=80)
    assert show_findings(settings, console, checks) == code
    said = console.export_text()
    for level in levels:
        assert f"{level:<8}Thing: is so" in said
        assert "→ do that" in said
