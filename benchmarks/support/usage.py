"""What memory and processors a benchmark takes, its server and all processes of its own with it."""

import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EVERY_SECONDS = 0.2
_PROC = Path("/proc")


@dataclass
class Peak:
    """The most that was seen at once; pages that several processes share count once."""

    bytes: int = 0


@contextmanager
def watched(roots: Sequence[int]) -> Iterator[Peak]:
    """Watch these processes and those below them, until the block ends."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY_SECONDS):
            peak.bytes = max(peak.bytes, _used(roots))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def cpu_seconds(server: int) -> float:
    """Return what this process, its ended children, the server and its ended sessions have taken.

    `server` is the process that the sessions are children of. What others do on the machine does
    not count, as it does in seconds on the clock.
    """
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ticks = _read(_PROC / str(server) / "stat").rpartition(")")[2].split()[11:15]
    of_server = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return of_server + sum(usage.ru_utime + usage.ru_stime for usage in own)


def _used(roots: Sequence[int]) -> int:
    parents = {}
    for path in _PROC.glob("[0-9]*/stat"):
        text = _read(path)
        if text:
            parents[int(path.parent.name)] = int(text.rpartition(")")[2].split()[1])
    members, found = set(roots), True
    while found:
        found = {pid for pid, parent in parents.items() if parent in members} - members
        members |= found
    return sum(map(_proportional_bytes, members))


def _proportional_bytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
