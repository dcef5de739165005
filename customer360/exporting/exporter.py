"""Extracts of the live publication as files, each publication in a folder of its own.

    exports/000012/                  what c360_bi may read of publication 12
    exports/000012-c360_pii/         all of it, for the owner of the files alone
    exports/latest                   leads to the newest folder of c360_bi

A folder gets its name when everything in it is written, so whoever finds one finds it whole.
"""

import fcntl
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from customer360.exporting.manifest import manifest_entry, read_manifest, write_manifest
from customer360.exporting.mart_files import write_mart
from customer360.exporting.outcomes import ExportBusy, UnknownReader
from customer360.exporting.snapshot import Snapshot, open_snapshot
from customer360.publishing.relations import READERS
from customer360.settings import Settings

logger = logging.getLogger(__name__)

DEFAULT_ROLE = "c360_bi"
_PARTIAL = ".partial"
_FOLDER_MODES = {DEFAULT_ROLE: 0o755}
_PRIVATE = 0o700


@dataclass(frozen=True)
class Export:
    """A finished extract; `is_new` is false where it was there already."""

    directory: Path
    manifest: dict[str, Any]
    is_new: bool

    @property
    def rows(self) -> int:
        """Rows of all marts."""
        return sum(int(mart["rows"]) for mart in self.manifest["marts"])


def export(
    settings: Settings,
    exported_at: datetime,
    *,
    role: str = DEFAULT_ROLE,
    output: Path | None = None,
) -> Export:
    """Write CSV, Parquet and manifest of every mart of the live publication that `role` may read.

    Args:
        exported_at: the moment that the manifest shows.
        role: c360_bi, which sees no personal data, or c360_pii.
        output: the folder of the extracts; by default `exports` below the data directory.

    Raises:
        UnknownReader: if the role is none of the readers.
        NothingPublished: if nothing was published yet.
        ExportBusy: if another export runs.
        OSError: if a file cannot be written; no folder is left that looks finished.
    """
    if role not in READERS:
        raise UnknownReader(f"There is no reader {role!r}; the readers are {', '.join(READERS)}.")
    base = output or settings.exports_dir
    base.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(base), open_snapshot(settings, role) as snapshot:
        directory = base / f"{snapshot.publication.publication_id:06d}{_suffix(role)}"
        is_new = not directory.exists()
        if is_new:
            _write_whole(snapshot, directory, role, exported_at)
        _lead_to(directory, base / f"latest{_suffix(role)}")
        _remove_old(base, role, settings.exports_kept)
        return Export(directory, read_manifest(directory), is_new)


def _suffix(role: str) -> str:
    return "" if role == DEFAULT_ROLE else f"-{role}"


def _write_whole(snapshot: Snapshot, directory: Path, role: str, exported_at: datetime) -> None:
    partial = directory.with_name(f".{directory.name}{_PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)  # of an export that was killed
    partial.mkdir(mode=_FOLDER_MODES.get(role, _PRIVATE))
    try:
        entries = []
        for mart in snapshot.marts:
            if mart.columns:
                logger.info("exporting %s", mart.name)
                batches = snapshot.batches(mart)
                rows, files = write_mart(partial, mart.name, mart.schema, batches)
                entries.append(manifest_entry(mart, rows, files))
        _sync(write_manifest(partial, snapshot.publication, role, exported_at, entries))
        _sync(partial)
        partial.rename(directory)
        _sync(directory.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have the disk hold it, so that a power cut leaves no folder that only looks finished."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lead_to(directory: Path, link: Path) -> None:
    """Let `link` lead to the folder; who follows it meanwhile finds the old one or the new one."""
    temporary = link.with_name(f".{link.name}{_PARTIAL}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(directory.name)
    temporary.replace(link)


def _remove_old(base: Path, role: str, kept: int) -> None:
    pattern = re.compile(r"\d{6,}" + re.escape(_suffix(role)))
    found = [path for path in base.iterdir() if pattern.fullmatch(path.name) and path.is_dir()]
    for path in sorted(found, key=lambda path: int(path.name.partition("-")[0]))[:-kept]:
        logger.info("removing %s: the newest %s are kept", path, kept)
        shutil.rmtree(path)


@contextmanager
def _one_at_a_time(base: Path) -> Iterator[None]:
    with (base / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Another export writes into {base}: try again when it is done."
            raise ExportBusy(message) from None
        yield
