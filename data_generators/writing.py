"""Files appear whole or not at all: they grow in a staging directory and are renamed at the end."""

import filecmp
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

from data_generators.finishing import finish
from data_generators.formats import start_of
from data_generators.tables import Feed


class OutputError(RuntimeError):
    """The output directory holds something else; the message says what and what to do."""


class StagedFiles:
    """Files under construction, by path relative to `output`; a context manager."""

    def __init__(self, output: Path) -> None:
        self.output = output
        output.mkdir(parents=True, exist_ok=True)
        self.staging = Path(mkdtemp(prefix=".generating-", dir=output))
        self.paths: list[str] = []
        self._feeds: dict[str, Feed] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)

    def deliver(self, path: str, feed: Feed, lines: bytes) -> None:
        """Append rows of a feed to its file, as `RowWriter` wrote them."""
        self._feeds[path] = feed
        self.append(path, start_of(feed), lines)

    def append(self, path: str, start: bytes, lines: bytes) -> None:
        """Append lines to a file, which begins with `start`."""
        target = self.staging / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(start)
            self.paths.append(path)
        if lines:
            with target.open("ab") as file:
                file.write(lines)

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file."""
        self.append(path, content, b"")

    def finish(self) -> None:
        """Give every delivered file its final form; leave out what has none."""
        for path, feed in self._feeds.items():
            if not finish(self.staging / path, feed):
                self.paths.remove(path)

    def publish(self) -> list[Path]:
        """Move all files into place, truth before landing, so that no delivery is without it.

        Files that are there already must be the same: OutputError is raised, before anything is
        moved, if one of them differs.
        """
        paths = sorted(self.paths, reverse=True)
        pairs = [(self.staging / path, self.output / path) for path in paths]
        refuse_differences(pairs)
        for staged, target in pairs:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                staged.rename(target)
        return [target for _, target in pairs]


def refuse_differences(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Raise if a target exists with other content."""
    for staged, target in pairs:
        if target.exists() and not filecmp.cmp(staged, target, shallow=False):
            raise OutputError(
                f"{target} is there with other content, and delivered files are never changed. "
                f"Another version of the generator or of Faker may have written it. "
                f"Generate into another directory, or remove this one first."
            )
