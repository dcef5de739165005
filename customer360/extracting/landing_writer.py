"""Landing files appear whole: written under a hidden name, renamed, and never changed."""

import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from customer360.extracting.definitions import Pull, written_format
from customer360.extracting.outcomes import Piece

Judge = Callable[[str], Literal["new", "unchanged", "returned"]]

_DIGITS_IN_NAME = 12


class LandingWriter:
    """A file that grows, as COPY wants one. Whoever writes counts the `rows`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.rows = 0
        self.piece: Piece | None = None

    def write(self, data: bytes) -> int:
        """Append bytes."""
        self._sha256.update(data)
        return self._file.write(data)

    def hexdigest(self) -> str:
        """Return the SHA-256 of what was written so far."""
        return self._sha256.hexdigest()


@dataclass
class LandingFiles:
    """Writes the landing files of one run, whose names sort in the order of writing.

    The loader takes them in the order of their names, and the last version of a row wins.
    """

    landing_dir: Path
    pull: Pull
    now: dt.datetime
    judge: Judge
    written: int = 0

    @contextmanager
    def new(self) -> Iterator[LandingWriter]:
        """Open a landing file; afterwards `piece` says what it became, None if it has no rows.

        What the last run brought too is not written again. What came back after something else is,
        with a line feed more, because the loader takes the same bytes once. Nothing is left of a
        file that was not finished, but for a hidden one if the process was killed, which the next
        one removes: the feed's lock must be held.
        """
        folder = self.landing_dir / self.pull.folder
        folder.mkdir(parents=True, exist_ok=True)
        name = self.pull.feed.replace(".", "_")
        for left in folder.glob(f".pulling-{name}-*"):
            left.unlink()
        hidden = folder / f".pulling-{name}-{uuid.uuid4().hex}.tmp"
        try:
            with hidden.open("xb") as file:
                writer = LandingWriter(file)
                yield writer
                while (verdict := self.judge(writer.hexdigest())) == "returned" and writer.rows:
                    writer.write(b"\n")
                file.flush()
                os.fsync(file.fileno())
            if writer.rows:
                target = None if verdict == "unchanged" else self._target(folder, writer)
                if target is not None:
                    hidden.replace(target)
                writer.piece = self._piece(target, writer)
        finally:
            hidden.unlink(missing_ok=True)

    def _target(self, folder: Path, writer: LandingWriter) -> Path:
        self.written += 1
        name = self.pull.feed.replace(".", "_")
        stamp = f"{self.now.astimezone(dt.UTC):%Y%m%dT%H%M%S%f}Z"
        digits = writer.hexdigest()[:_DIGITS_IN_NAME]
        return folder / f"{name}_{stamp}_{self.written:06d}_{digits}.{written_format(self.pull)}"

    def _piece(self, target: Path | None, writer: LandingWriter) -> Piece:
        name = None if target is None else target.relative_to(self.landing_dir).as_posix()
        return Piece(name, writer.hexdigest(), writer.rows)
