"""Start and stop local services: processes recorded so that a stop leaves none behind."""

import json
import logging
import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import psutil

logger = logging.getLogger(__name__)

_STOP_SECONDS = 15
_PORTS_TRIED = 100
_CLOCK_TOLERANCE = 60.0  # seconds; the system derives start times from a clock that may be set


class ServiceHome(Protocol):
    """Where a service lives and what its processes are."""

    @property
    def program(self) -> str:
        """A word in the command line of each of its processes."""

    @property
    def directory(self) -> Path:
        """Where its processes are started."""

    @property
    def logs(self) -> Path:
        """One log for each process."""

    @property
    def state_file(self) -> Path:
        """What was started, as JSON."""

    def commands(self, port: int) -> Mapping[str, Sequence[str]]:
        """The command of each process, by name."""

    def environment(self, port: int) -> dict[str, str]:
        """The whole environment of its processes."""

    def fingerprint(self) -> str:
        """A digest of what the processes are started with, apart from the port."""


@dataclass(frozen=True)
class Recorded:
    """One started process. It leads a session of its own, which all its descendants belong to."""

    name: str
    pid: int
    created: float
    program: str

    def runs(self) -> bool:
        """Tell whether this very process still runs: a pid alone may be a stranger's by now."""
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.created) < _CLOCK_TOLERANCE
            return is_same and any(self.program in word for word in process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False  # a zombie has no command line, so it does not run either


@dataclass(frozen=True)
class Running:
    """A started service: its port, what it was started with, and its processes."""

    port: int
    fingerprint: str
    started_at: float
    processes: tuple[Recorded, ...]

    def dead(self) -> list[str]:
        """Return the names of the processes that have ended."""
        return [process.name for process in self.processes if not process.runs()]


def read_state(home: ServiceHome) -> Running | None:
    """Return what the last start recorded, whether it still runs or not."""
    if not home.state_file.exists():
        return None
    state = json.loads(home.state_file.read_text())
    processes = tuple(Recorded(**process) for process in state.pop("processes"))
    return Running(**state, processes=processes)


def write_state(home: ServiceHome, running: Running) -> None:
    """Record what runs, so that another command finds it."""
    home.state_file.write_text(json.dumps(asdict(running), indent=2))


def start(home: ServiceHome, port: int) -> Running:
    """Start the processes on `port` and record them; it does not wait for their health."""
    environment = home.environment(port)
    started_at = time.time()
    processes: list[Recorded] = []
    for name, command in home.commands(port).items():
        processes.append(_spawn(home, name, command, environment))
        # Recorded one by one: if the next start fails, a stop still finds this process.
        running = Running(port, home.fingerprint(), started_at, tuple(processes))
        write_state(home, running)
    return running


def _spawn(
    home: ServiceHome, name: str, command: Sequence[str], environment: dict[str, str]
) -> Recorded:
    with log_file(home, name).open("ab") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=home.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    created = psutil.Process(process.pid).create_time()
    return Recorded(name, process.pid, created, home.program)


def log_file(home: ServiceHome, name: str) -> Path:
    """Return the log of one process."""
    return home.logs / f"{name}.log"


def stop(home: ServiceHome) -> int:
    """Stop what was started, with all descendants; return how many processes were ended.

    The api-server goes last, because a task that is ended reports its state to it.
    """
    running = read_state(home)
    if running is None:
        return 0
    ended = sum(_end_session(recorded) for recorded in reversed(running.processes))
    home.state_file.unlink()
    return ended


def _end_session(recorded: Recorded) -> int:
    members = _session(recorded)
    for member in members:
        _signal(member, kill=False)
    psutil.wait_procs(members, timeout=_STOP_SECONDS)
    survivors = _session(recorded)
    for survivor in survivors:
        _signal(survivor, kill=True)
    psutil.wait_procs(survivors, timeout=_STOP_SECONDS)
    return len(members)


def _session(recorded: Recorded) -> list[psutil.Process]:
    """Return the live processes of the session that a recorded process leads.

    While any member lives the system gives the session's number to no other process, so where
    the number is a stranger's pid now, nothing of ours is left.
    """
    if psutil.pid_exists(recorded.pid) and not recorded.runs() and not _is_zombie(recorded.pid):
        return []
    return [process for process in psutil.process_iter() if _session_id(process) == recorded.pid]


def _session_id(process: psutil.Process) -> int | None:
    try:
        return None if _is_zombie(process.pid) else os.getsid(process.pid)
    except (ProcessLookupError, PermissionError):
        return None


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.NoSuchProcess:
        logger.debug("process %d had already ended", process.pid)


def free_port(preferred: int, variable: str = "C360_AIRFLOW_PORT") -> int:
    """Return `preferred`, or the next free port of the loopback interface above it.

    Raises:
        RuntimeError: if none of the next hundred is free.
    """
    for port in range(preferred, min(preferred + _PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError(
        f"No port from {preferred} to {preferred + _PORTS_TRIED - 1} is free: "
        f"set {variable} to one that is."
    )
