"""How fast and how large the generators are: `python -m benchmarks.generate`.

Each size runs in a process of its own; memory is the peak of the whole process tree. The limits are
10 s for 100,000 customer records on two cores, and memory that does not grow with their number.
"""

import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from rich.console import Console
from rich.table import Table

SIZES = (10_000, 100_000)
MOST_SECONDS = 10.0
MOST_GROWTH = 1.25
SAMPLE_SECONDS = 0.02
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Run:
    """What one generation took."""

    customers: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    landing_bytes: int


def measure(customers: int, output: Path) -> Run:
    """Generate in another process and watch it."""
    command = [sys.executable, "-m", "data_generators", "--customers", str(customers)]
    started, cpu_before = time.perf_counter(), cpu_of_children()
    process = subprocess.Popen(
        [*command, "--output", str(output)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_bytes(process.pid))
        time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - started
    if process.returncode:
        error = process.stderr.read().decode() if process.stderr else ""
        raise SystemExit(f"generating {customers:,} records failed: {error}")
    landing = sum(path.stat().st_size for path in output.glob("landing/**/*.csv"))
    return Run(customers, seconds, cpu_of_children() - cpu_before, peak, landing)


def cpu_of_children() -> float:
    """Return the CPU seconds of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_bytes(pid: int) -> int:
    """Return the resident memory of a process and its children; shared pages count in each."""
    total = 0
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


def main() -> None:
    """Run all sizes, print the table, and fail where a limit is broken."""
    runs = []
    for customers in SIZES:
        with TemporaryDirectory(prefix="generate-") as directory:
            runs.append(measure(customers, Path(directory)))
    table = Table("records", "seconds", "CPU seconds", "records/s", "peak MiB", "landing MiB")
    for run in runs:
        table.add_row(
            f"{run.customers:,}",
            f"{run.seconds:.1f}",
            f"{run.cpu_seconds:.1f}",
            f"{run.customers / run.seconds:,.0f}",
            f"{run.peak_bytes / MEBIBYTE:,.0f}",
            f"{run.landing_bytes / MEBIBYTE:,.1f}",
        )
    growth = runs[-1].peak_bytes / runs[0].peak_bytes
    console = Console()
    console.print(table)
    console.print(f"{runs[-1].seconds:.1f} s for {SIZES[-1]:,} records, limit {MOST_SECONDS:.0f} s")
    console.print(
        f"peak memory grows {growth:.2f}-fold for ten times the records, limit {MOST_GROWTH}"
    )
    if runs[-1].seconds > MOST_SECONDS or growth > MOST_GROWTH:
        raise SystemExit("a limit is broken")


if __name__ == "__main__":
    main()
