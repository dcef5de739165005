"""Find a task's log file and the lines of it that say what went wrong."""

import json
from pathlib import Path
from typing import Any

from customer360.demo.pipeline import RunState, TaskState

_LINES_SHOWN = 12


def log_path(logs: Path, run: RunState, task: TaskState) -> Path:
    """Return where Airflow writes the last attempt of this task."""
    folder = logs / f"dag_id={run.dag_id}" / f"run_id={run.run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={task.try_number}.log"


def last_errors(path: Path) -> list[str]:
    """Return the last lines that the task logged as errors, with the exception's own words.

    Airflow writes one JSON object per line; a line that is none (a crash) is shown as it is.
    """
    if not path.exists():
        return ["It left no log: it never started, or was ended from outside."]
    lines: list[str] = []
    for line in path.read_text(errors="replace").splitlines():
        lines += _error_lines(line)
    return lines[-_LINES_SHOWN:]


def _error_lines(line: str) -> list[str]:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return [line]
    if record.get("level") not in ("error", "critical"):
        return []
    details = [
        f"{error['exc_type']}: {error['exc_value']}" for error in record.get("error_detail") or []
    ]
    return [text for entry in [str(record["event"]), *details] for text in entry.splitlines()]
