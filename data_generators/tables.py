"""What a source delivers: feeds, their rows as text, and what is known to be wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data_generators.config import DefectRates

Record = Mapping[str, str]
# Returns the changed cells of a record, or nothing where the record cannot carry the defect.
Corrupt = Callable[[Record, Random], dict[str, str]]
Format = Literal["csv", "ndjson", "json", "parquet"]
ColumnType = Literal["text", "integer", "money", "date", "instant"]
# Returns a record as the system would deliver it: nested, with nulls and numbers.
Shape = Callable[[Record], Mapping[str, object]]


@dataclass(frozen=True)
class Defect:
    """One way in which a row goes wrong; `name` is also its rate's name in DefectRates."""

    name: str
    corrupt: Corrupt

    def rate(self, rates: DefectRates) -> float:
        """Return the share of rows that carry it."""
        rate: float = getattr(rates, self.name)
        return rate


@dataclass(frozen=True)
class Feed:
    """One kind of file. `columns` are the contract's, the first of `key` identifies a row.

    `dated_by` is the column whose instant is the row's business date; None for reference data,
    which is delivered once and clean. `dates` says how it is written: "mixed" in four formats,
    of which one has the time, "timed" in the same with the time in each, "iso" always as
    2024-01-15T14:30:00Z, as programs write it.

    In other formats than csv a row is an object: what `shape` makes of the record, else its columns
    with null for empty text. Parquet files are flat; `types` says what the columns are that are
    no text.

    `variant` parts feeds of one contract that several systems deliver; `folder` is the feed's place
    below the landing directory where that is not source/table.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    key: str
    dated_by: str | None = None
    defects: tuple[Defect, ...] = ()
    format: Format = "csv"
    shape: Shape | None = None
    types: Mapping[str, ColumnType] = field(default_factory=dict)
    dates: Literal["mixed", "timed", "iso"] = "mixed"
    variant: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """The feed's name in contracts and truth."""
        return f"{self.source}.{self.table}"

    @property
    def unique_name(self) -> str:
        """What no other feed is called."""
        return f"{self.name}.{self.variant}" if self.variant else self.name


class Finding(NamedTuple):
    """One injected defect in one cell: a line of truth/defects.csv.

    The findings of a cell are in the order of injection: each starts from the value that the one
    before left, and the last one left what was delivered.
    """

    feed: str
    record_key: str
    defect: str
    column: str
    value_before: str
    value_after: str


@dataclass
class Table:
    """Rows of one feed as columns of text, edited in place by defects.

    `instants` are seconds since 1970 per row, empty for reference data.
    """

    feed: Feed
    columns: dict[str, list[str]]
    instants: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.columns[self.feed.key])

    def record(self, row: int) -> dict[str, str]:
        """Return one row by column name."""
        return {name: values[row] for name, values in self.columns.items()}

    def finding(self, row: int, defect: str, column: str, before: str, after: str) -> Finding:
        """Return the truth about one cell."""
        key = self.columns[self.feed.key][row]
        return Finding(self.feed.name, key, defect, column, before, after)
