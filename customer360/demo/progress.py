"""Show on the terminal which task of which DAG runs now, and how each run went."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from customer360.demo.pipeline import RunState, TaskState

_MARKS = {
    "success": ("✓", "green"),
    "failed": ("✗", "red"),
    "upstream_failed": ("-", "red"),
    "skipped": ("-", "dim"),
    "up_for_retry": ("↻", "yellow"),
}
_ROWS_SHOWN = 12


class PipelineProgress:
    """A live view of the pipeline; on a terminal that cannot redraw, one line per event."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, refresh_per_second=8)
        self._told: set[tuple[str, int, str]] = set()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, run: RunState) -> None:
        """Draw the run's tasks; tell each task's end once."""
        running = [task for task in run.tasks if task.state in ("running", "queued")]
        self._live.update(Group(*(_running_row(run, task) for task in running[:_ROWS_SHOWN])))
        for task in sorted(run.tasks, key=lambda task: str(task.ended_at)):
            key = (run.run_id + task.task_id, task.map_index, f"{task.state}{task.try_number}")
            if task.state in _MARKS and key not in self._told:
                self._told.add(key)
                self._console.print(_ended_row(run, task), soft_wrap=True)


def _running_row(run: RunState, task: TaskState) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_row(Spinner("dots"), _title(run, task), f"{task.seconds:.0f} s", task.state)
    return row


def _ended_row(run: RunState, task: TaskState) -> Text:
    mark, style = _MARKS[task.state]
    text = Text(f"{mark} ", style=style)
    text.append(_title(run, task), style="dim" if style == "dim" else "default")
    note = f"{task.seconds:.1f} s" if task.state == "success" else task.state.replace("_", " ")
    return text.append(f"  {note}", style="dim" if task.state == "success" else style)


def _title(run: RunState, task: TaskState) -> str:
    name = f"{run.dag_id} · {task.task_id}"
    return f"{name} {task.label}" if task.map_index >= 0 else name
