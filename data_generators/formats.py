"""How rows are written while a file grows: csv as csv, all else as one JSON object per line."""

import json
from collections.abc import Iterable, Sequence

from data_generators.csv_text import csv_bytes
from data_generators.tables import Feed, Table

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def start_of(feed: Feed) -> bytes:
    """Return what a file starts with before its first row."""
    return csv_bytes([feed.columns]) if feed.format == "csv" else b""


class RowWriter:
    """Writes rows of one table, in the order in which they are asked for."""

    def __init__(self, table: Table) -> None:
        self._feed = table.feed
        columns = (table.columns[name] for name in table.feed.columns)
        self._rows = list(zip(*columns, strict=True))

    def lines(self, positions: Iterable[int]) -> bytes:
        """Return rows as lines of a growing file."""
        rows = map(self._rows.__getitem__, positions)
        if self._feed.format == "csv":
            return csv_bytes(rows)
        return "".join(f"{_JSON.encode(self._shaped(row))}\n" for row in rows).encode()

    def all_lines(self) -> bytes:
        """Return all rows as lines of a growing file."""
        return self.lines(range(len(self._rows)))

    def _shaped(self, row: Sequence[str]) -> object:
        record = dict(zip(self._feed.columns, row, strict=True))
        if self._feed.shape is not None:
            return self._feed.shape(record)
        return {name: value or None for name, value in record.items()}
