"""Run dbt as a process of its own, on the settings' database and with artefacts of its own."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from customer360.database.connection import dbt_environment
from customer360.settings import Settings
from customer360.transformation.events import Event, parse_event
from customer360.transformation.failures import FailureLog

logger = logging.getLogger(__name__)

_DBT = (sys.executable, "-m", "customer360.transformation.dbt_process")
_SECONDS_TO_END = 10
# The server ends a query whose dbt is gone: dbt itself, as c360_transformer, may cancel none.
_END_WITH_CLIENT = "-c client_connection_check_interval=1s"
_MESSAGES_SHOWN = 20
NO_ARTEFACTS = "--no-write-json"


@dataclass(frozen=True)
class DbtResult:
    """A dbt command that succeeded."""

    arguments: tuple[str, ...]
    build_id: str
    seconds: float


class DbtFailed(Exception):  # noqa: N818 - the name says what happened
    """A dbt command failed; the text names each failing node, its file and what to do."""

    def __init__(self, arguments: Sequence[str], problems: Sequence[str]) -> None:
        self.arguments = tuple(arguments)
        self.problems = tuple(problems)
        more = len(problems) - _MESSAGES_SHOWN
        lines = [f"dbt {' '.join(arguments)} failed:", *problems[:_MESSAGES_SHOWN]]
        super().__init__("\n".join([*lines, f"… and {more} more"] if more > 0 else lines))


def target_dir(settings: Settings) -> Path:
    """Return where pipeline runs keep dbt's artefacts, apart from a person's dbt_project/target."""
    return settings.data_dir.resolve() / "dbt" / "target"


def log_dir(settings: Settings) -> Path:
    """Return where pipeline runs keep dbt.log."""
    return settings.data_dir.resolve() / "dbt" / "logs"


def run_dbt(  # noqa: PLR0913 - what dbt takes, and what the caller sees of it
    settings: Settings,
    args: Sequence[str],
    build_id: str,
    *,
    variables: Mapping[str, object] | None = None,
    on_event: Callable[[Event], None] | None = None,
    lock: int | None = None,
) -> DbtResult:
    """Run `dbt <args>` in the project under `build_id`; what it says goes to logging.

    Args:
        variables: values for dbt's `--vars`, such as `as_of_date`.
        on_event: called with each line that dbt says, for showing progress.
        lock: descriptor of the connection that keeps other builds away, which dbt keeps open.

    Raises:
        DbtFailed: if dbt ends with anything but success.
    """
    target = target_dir(settings)
    target.mkdir(parents=True, exist_ok=True)
    command = _command(settings, args, variables or {})
    started = time.monotonic()
    failures = FailureLog(target)

    def handle(event: Event) -> None:
        if event.message.strip():
            logger.log(event.level, "%s", event.message)
        failures.note(event)
        if on_event is not None:
            on_event(event)

    environment = _environment(settings, build_id)
    kept_open = () if lock is None else (lock,)
    exit_code = _stream(command, environment, settings, handle, kept_open)
    if exit_code != 0:
        raise DbtFailed(args, failures.problems or [f"exit code {exit_code}"])
    return DbtResult(tuple(args), build_id, time.monotonic() - started)


def _command(settings: Settings, args: Sequence[str], variables: Mapping[str, object]) -> list[str]:
    project = str(settings.dbt_project_dir)
    options = ["--project-dir", project, "--profiles-dir", project, "--no-use-colors"]
    values = ["--vars", json.dumps(dict(variables))] if variables else []
    formats = ["--log-format", "json", "--log-format-file", "text"]
    # OpenLineage events are made of the artefacts of each command.
    kept = [one for one in args if one != NO_ARTEFACTS or settings.openlineage_url is None]
    return [*_DBT, *formats, *kept, *options, *values]


def _environment(settings: Settings, build_id: str) -> dict[str, str]:
    database = dbt_environment(settings)
    return {
        "DBT_LOG_LEVEL_FILE": "info",  # debug costs a sixth of dbt's time; set it to have it
        **os.environ,
        **database,
        **_lineage_environment(settings),
        "C360_BUILD_ID": build_id,
        "C360_DBT_PARENT": str(os.getpid()),
        "DBT_TARGET_PATH": str(target_dir(settings)),
        "DBT_LOG_PATH": str(log_dir(settings)),
        "PGTZ": "UTC",  # dbt hands its instants to ops.node_results without a zone
        "PGOPTIONS": f"{database['PGOPTIONS']} {_END_WITH_CLIENT}",
    }


def _lineage_environment(settings: Settings) -> dict[str, str]:
    url = settings.openlineage_url
    return {} if url is None else {"C360_OPENLINEAGE_URL": url.get_secret_value()}


def _stream(
    command: Sequence[str],
    environment: Mapping[str, str],
    settings: Settings,
    handle: Callable[[Event], None],
    kept_open: Sequence[int],
) -> int:
    """Run the command to its end, handing on what it says; return its exit code."""
    process = subprocess.Popen(
        command,
        cwd=settings.dbt_project_dir,
        env=dict(environment),
        pass_fds=kept_open,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in process.stdout or ():
            handle(parse_event(line))
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Leave no dbt behind when the caller is interrupted: it would write on without our lock."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
