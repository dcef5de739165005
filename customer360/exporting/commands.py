"""`customer360 export`: what it prints and how it ends."""

from datetime import datetime
from pathlib import Path

from rich.console import Console

from customer360.exporting.exporter import export
from customer360.exporting.outcomes import (
    ExportBusy,
    NothingPublished,
    UnknownReader,
    UnreadableValue,
)
from customer360.settings import Settings

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later


def export_marts(
    settings: Settings, console: Console, now: datetime, *, role: str, output: Path | None = None
) -> int:
    """Export the live publication and say where it lies; return the exit code."""
    try:
        done = export(settings, now, role=role, output=output)
    except UnknownReader as error:
        return _complain(console, str(error), EXIT_USAGE)
    except ExportBusy as error:
        return _complain(console, str(error), EXIT_BUSY)
    except (NothingPublished, UnreadableValue, OSError) as error:
        return _complain(console, str(error), EXIT_FAILED)
    what = "Exported" if done.is_new else "Exported before:"
    console.print(
        f"{what} publication {done.manifest['publication_id']} as {role} reads it: "
        f"{len(done.manifest['marts'])} marts, {done.rows:,} rows, CSV and Parquet, "
        f"in {done.directory}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _complain(console: Console, message: str, exit_code: int) -> int:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return exit_code
