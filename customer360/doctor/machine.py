"""Disk, memory, the data directory, ports, and what former runs have left."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil

from customer360.bi.home import SupersetHome
from customer360.database import embedded
from customer360.demo import processes
from customer360.demo.home import AirflowHome
from customer360.doctor.findings import Finding, ok, warning, wrong
from customer360.errors import ConfigurationError
from customer360.settings import Settings

GIGABYTE = 10**9
# 5,000 records with Airflow and Superset need 2 GB of disk and 2 GB of memory.
ENOUGH_DISK, LEAST_DISK = 10 * GIGABYTE, 2 * GIGABYTE
ENOUGH_MEMORY, LEAST_MEMORY = 3 * GIGABYTE, GIGABYTE
_OTHERS_MAY_ENTER = 0o001


def disk(
    settings: Settings, enough: int = ENOUGH_DISK, least: int = LEAST_DISK
) -> Iterator[Finding]:
    """Look at the space where the data lie."""
    folder = _nearest_folder(settings.data_dir)
    free = shutil.disk_usage(folder).free
    message = f"{free / GIGABYTE:,.1f} GB free in {folder}"
    remedy = "Free some, or set C360_DATA_DIR to a folder on a larger disk."
    yield _graded("Disk", free, (least, enough), message, remedy)


def memory(
    settings: Settings,  # noqa: ARG001 - every check takes them
    enough: int = ENOUGH_MEMORY,
    least: int = LEAST_MEMORY,
) -> Iterator[Finding]:
    """Look at the memory that programs can still have."""
    available = psutil.virtual_memory().available
    message = f"{available / GIGABYTE:,.1f} GB available"
    remedy = "End other programs, or take a larger machine: Airflow and Postgres need about 2 GB."
    yield _graded("Memory", available, (least, enough), message, remedy)


def _graded(
    subject: str, value: int, limits: tuple[int, int], message: str, remedy: str
) -> Finding:
    least, enough = limits
    if value < least:
        return wrong(subject, f"only {message}", remedy)
    return warning(subject, f"only {message}", remedy) if value < enough else ok(subject, message)


def data_directory(settings: Settings, user_id: int | None = None) -> Iterator[Finding]:
    """Look whether this user, and Postgres on their behalf, can write the data."""
    user_id = os.geteuid() if user_id is None else user_id
    folder = _nearest_folder(settings.data_dir)
    subject = "Data directory"
    if folder.is_file():
        remedy = "Move that file away, or set C360_DATA_DIR to another folder."
        yield wrong(subject, f"{folder} is a file.", remedy)
    elif not os.access(folder, os.W_OK | os.X_OK):
        remedy = f"sudo chown -R $(id -u) {folder}, or set C360_DATA_DIR to a folder of yours."
        yield wrong(subject, f"{folder} cannot be written by this user.", remedy)
    elif settings.uses_embedded_server:
        yield _embedded_directory(settings, user_id)
    else:
        yield ok(subject, str(settings.data_dir))


def _embedded_directory(settings: Settings, user_id: int) -> Finding:
    subject = "Data directory"
    try:
        directory = embedded.socket_dir(settings.data_dir)
    except ConfigurationError as error:
        return wrong(subject, str(error), "Set C360_DATA_DIR to a short, plain path.")
    if user_id == 0:  # Postgres refuses to be root, so it runs as somebody else
        closed = [path for path in directory.parents if path.exists() and _is_closed(path)]
        if closed:
            message = f"{closed[-1]} is closed to others: as root, Postgres runs as another user."
            remedy = f"chmod o+x {closed[-1]}, or run as an ordinary user, or set C360_DATA_DIR."
            return wrong(subject, message, remedy)
    elif directory.exists() and directory.stat().st_uid != user_id:
        message = f"{directory} belongs to {directory.owner()}, who started the server first."
        remedy = f"Run as {directory.owner()}, or as root: chown -R <you> {directory}"
        return wrong(subject, message, remedy)
    return ok(subject, str(settings.data_dir))


def _is_closed(path: Path) -> bool:
    return not path.stat().st_mode & _OTHERS_MAY_ENTER


def ports(settings: Settings) -> Iterator[Finding]:
    """Look who listens where Airflow and Superset want to."""
    for name, home, port in _services(settings):
        running = processes.read_state(home)
        if running is not None and running.port == port and not running.dead():
            yield ok(f"Port {port}", f"{name} runs there")
        elif _is_free(port):
            yield ok(f"Port {port}", f"is free for {name}")
        else:
            message = f"is taken by another program; {name} starts on the next free one."
            remedy = f"End that program, or set C360_{name.upper()}_PORT."
            yield warning(f"Port {port}", message, remedy)


def left_behind(settings: Settings) -> Iterator[Finding]:
    """Look for records of processes that have ended without a stop."""
    for name, home, _ in _services(settings):
        running = processes.read_state(home)
        dead = running.dead() if running is not None else []
        if dead:
            message = f"{', '.join(dead)} ended without `customer360 stop`."
            yield warning(name, message, "customer360 stop, then start again; all data stays")
        elif running is not None:
            yield ok(name, f"runs on http://127.0.0.1:{running.port}")


def _services(settings: Settings) -> list[tuple[str, processes.ServiceHome, int]]:
    return [
        ("Airflow", AirflowHome(settings), settings.airflow_port),
        ("Superset", SupersetHome(settings), settings.superset_port),
    ]


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())
