"""`customer360 build`: the layers in order, with progress and a failure that can be read."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from customer360.database.connection import connect, dbt_environment
from customer360.identity.evaluation import evaluate_where_truth_is_known
from customer360.publishing.builds import NoBuild, newest_build
from customer360.settings import Settings
from customer360.transformation.build import (
    BuildBusy,
    build_lock,
    new_build_id,
    run_locked_layer,
)
from customer360.transformation.dbt_runner import DbtFailed
from customer360.transformation.events import Event
from customer360.transformation.layers import (
    EVALUATION_STEP,
    LAYERS,
    MODELS_STEP,
    Layer,
    layer_named,
)

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later


def build_warehouse(
    settings: Settings,
    layer: str | None,
    console: Console,
    variables: Mapping[str, object] | None = None,
) -> int:
    """Build all layers under a new id, or one layer of the newest build; return the exit code."""
    if layer is not None and variables:
        return _complain(console, "Variables are for a whole build: leave out --layer.", EXIT_USAGE)
    try:
        layers = LAYERS if layer is None else (layer_named(layer),)
        build_id = new_build_id() if layer is None else _unpublished_build_id(settings)
        _run(settings, layers, build_id, console, variables)
    except (ValueError, NoBuild) as error:
        return _complain(console, str(error), EXIT_USAGE)
    except DbtFailed as error:
        return _complain(console, str(error), EXIT_FAILED)
    except BuildBusy as error:
        return _complain(console, str(error), EXIT_BUSY)
    except psycopg2.OperationalError as error:
        message = f"{str(error).strip()}\nIs the server up? `customer360 db start`."
        return _complain(console, message, EXIT_BUSY)
    return 0


def run_plain_dbt(settings: Settings, arguments: Sequence[str]) -> int:
    """Run dbt as a person would, in its project and on the terminal; return its exit code."""
    command = [str(Path(sys.executable).with_name("dbt")), *arguments]
    environment = os.environ | dbt_environment(settings)
    return subprocess.run(
        command, cwd=settings.dbt_project_dir, env=environment, check=False
    ).returncode


def _complain(console: Console, message: str, exit_code: int) -> int:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return exit_code


def _unpublished_build_id(settings: Settings) -> str:
    with connect(settings) as connection:
        build = newest_build(connection)
    if build.is_published:
        raise NoBuild(
            f"The newest build, {build.build_id}, is published: it must not change. "
            "`customer360 build` without --layer begins another."
        )
    return build.build_id


def _run(
    settings: Settings,
    layers: tuple[Layer, ...],
    build_id: str,
    console: Console,
    variables: Mapping[str, object] | None,
) -> None:
    started = time.monotonic()
    with build_lock(settings) as lock, _progress(console) as progress:
        for layer in layers:
            if layer.reads_evaluation and len(layers) > 1:
                _evaluate_identity(settings, progress)
            if layer.reads_models and len(layers) > 1:
                _fit_models(settings, build_id, progress)
            task = progress.add_task(layer.name, total=None, node="")
            follow = _Follower(progress, task)
            run_locked_layer(
                settings, layer, build_id, lock.fileno(), variables=variables, on_event=follow
            )
            # dbt announces more than it runs; an equal total also stops the clock.
            progress.update(task, total=progress.tasks[task].completed, node="done")
    seconds = time.monotonic() - started
    console.print(f"Build {build_id} is complete after {seconds:.1f} s: `customer360 publish`.")


def _evaluate_identity(settings: Settings, progress: Progress) -> None:
    task = progress.add_task(EVALUATION_STEP, total=1, node="")
    evaluate_where_truth_is_known(settings, datetime.now(UTC))
    progress.update(task, completed=1, node="done")


def _fit_models(settings: Settings, build_id: str, progress: Progress) -> None:
    from customer360.lifetime.step import prepare_models  # noqa: PLC0415 - scipy takes a second

    task = progress.add_task(MODELS_STEP, total=1, node="")
    prepare_models(settings, build_id)
    progress.update(task, completed=1, node="done")


def _progress(console: Console) -> Progress:
    # Bars and a running log would fight for the terminal: with --verbose, the log wins.
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        Elapsed(),
        TextColumn("{task.fields[node]}"),
        console=console,
        disable=logging.getLogger().isEnabledFor(logging.INFO),
    )


class _Follower:
    """Moves one bar along with what dbt says."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, event: Event) -> None:
        if event.finished is not None:
            task = self._progress.tasks[self._task]
            self._progress.update(
                self._task,
                completed=task.completed + 1,
                total=event.total,
                node=event.node_name or "",
            )
