"""What reading and loading a file can come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

Status = Literal["loaded", "skipped", "rejected", "replayed"]


class FileRejected(Exception):  # noqa: N818 - an outcome that the ledger records, not a failure
    """The file breaks its contract as a whole; the text says what is wrong and what to do."""

    def __init__(self, problem: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy
        self.line = line

    def message(self, file_name: str) -> str:
        """Return one sentence on file, line and problem, and one on the remedy."""
        where = file_name if self.line is None else f"{file_name}, line {self.line}"
        return f"{where}: {self.problem}. {self.remedy}."


class FileChangedError(FileRejected):
    """The file's bytes changed while it was read."""


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken into raw.

    `line` is the physical line on which it starts; in files without lines, the row's number.
    """

    line: int
    reason: str
    detail: str
    text: str


@dataclass(frozen=True)
class Block:
    """Some rows of a file: the good ones as lines for COPY, the bad ones with their reasons."""

    payload: bytes
    rows: int
    bad_rows: tuple[BadRow, ...] = ()
    unknown_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Records:
    """The rows of an open file.

    Each payload line is csv with `delimiter`: the line number, then `columns` of the raw table.
    `numbered_by` says what the numbers count.
    """

    columns: tuple[str, ...]
    delimiter: str
    blocks: Iterator[Block]
    numbered_by: Literal["line", "row"] = "line"


@dataclass(frozen=True)
class LoadResult:
    """What one call of the loader came to; the ledger holds the same."""

    feed: str | None
    file_name: str
    status: Status
    batch_id: int | None = None
    rows_in_file: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    unknown_columns: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0
    rows_erased: int = 0


def suffixes(file_name: str) -> tuple[str, bool]:
    """Return the suffix that tells the format, in lower case, and whether `.gz` follows it."""
    name = PurePath(file_name.lower())
    is_gzip = name.suffix == ".gz"
    return PurePath(name.stem).suffix if is_gzip else name.suffix, is_gzip
