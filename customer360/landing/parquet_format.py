"""Parquet files: typed columns as text, a few hundred rows at a time, numbered by their place.

Pages are streamed, so memory depends on the size of pages and values, not on that of row groups.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from customer360.landing.blanks import is_blank
from customer360.landing.columns import match_columns
from customer360.landing.csv_grammar import CsvGrammar, Field
from customer360.landing.encoded_text import is_utf8, readable_text
from customer360.landing.outcomes import BadRow, Block, FileRejected, Records
from customer360.landing.parquet_values import Texts, texts_of
from customer360.landing.row_checks import Problem, key_problem, oversize_problem
from customer360.landing.source_file import PARQUET_MAGIC

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile

ROWS_AT_ONCE = 256  # a value may have a mebibyte, and all of these are in memory together
_BUFFER_BYTES = 64 * 1024
_OUTPUT = CsvGrammar(b",", 0, ())
_REMEDY = "Ask the sender for the file again"


def read_parquet(source: "SourceFile", contract: "FeedContract") -> Records:
    """Return the rows of a Parquet file; its schema is matched as the header of a csv file is.

    Raises:
        FileRejected: if it is none, or its columns are not the contract's; while reading, if a page
            is damaged.
    """
    start = source.file.read(len(PARQUET_MAGIC))
    if not start:
        raise FileRejected("the file is empty", _REMEDY)
    if start != PARQUET_MAGIC:
        raise FileRejected(
            "it is not Parquet, or it is packed or encrypted",
            "Deliver Parquet as it is written, without .gz: it is compressed in itself",
        )
    with _damage_rejects():
        file = parquet.ParquetFile(
            source.file,
            buffer_size=_BUFFER_BYTES,
            pre_buffer=False,
            page_checksum_verification=True,
        )
        names = file.schema_arrow.names
    columns = match_columns(names, contract, line=None)
    known = tuple(column for column in columns if column is not None)
    unknown = tuple(name for name, column in zip(names, columns, strict=True) if column is None)
    return Records(
        columns=(*known, "_extra") if unknown else known,
        delimiter=",",
        blocks=_blocks(file, _RowChecker(names, columns, contract), unknown),
        numbered_by="row",
    )


@contextmanager
def _damage_rejects() -> Iterator[None]:
    """Reject a file that Arrow cannot read; trouble of the disk, which has a number, is raised."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(error) from error
    except pa.ArrowNotImplementedError as error:
        raise FileRejected(
            f"it holds a type that has no text ({error})", "Ask the sender for text, or a number"
        ) from error
    except pa.ArrowInvalid as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> FileRejected:
    what = str(error).strip().splitlines()[0].rstrip(".")
    return FileRejected(f"the Parquet data is truncated or damaged ({what})", _REMEDY)


def _blocks(
    file: parquet.ParquetFile, checker: "_RowChecker", unknown: Sequence[str]
) -> Iterator[Block]:
    yield Block(b"", 0, unknown_columns=tuple(unknown))
    number = 1
    with _damage_rejects():
        for batch in file.iter_batches(ROWS_AT_ONCE, use_threads=False):
            columns: list[Texts] = [texts_of(column) for column in batch.columns]
            yield checker.block(number, list(zip(*columns, strict=True)))
            number += batch.num_rows


class _RowChecker:
    """Decides on one row at a time. `columns` says which expected column each name is."""

    def __init__(
        self, names: Sequence[str], columns: Sequence[str | None], contract: "FeedContract"
    ) -> None:
        self._names = names
        self._contract = contract
        self._known = [index for index, column in enumerate(columns) if column is not None]
        self._unknown = [index for index, column in enumerate(columns) if column is None]
        self._keys = {column: columns.index(column) for column in contract.key}

    def block(self, first: int, rows: Sequence[Sequence[bytes | None]]) -> Block:
        """Return rows, numbered from `first`, as a block."""
        good: list[bytes] = []
        bad: list[BadRow] = []
        for number, row in enumerate(rows, start=first):
            problem = self._problem(row)
            if problem is None:
                good.append(b"%d,%b\n" % (number, self._written(row)))
            else:
                bad.append(BadRow(number, *problem, text=self._readable(row)))
        return Block(b"".join(good), len(rows), tuple(bad))

    def _problem(self, row: Sequence[bytes | None]) -> Problem | None:
        return self._text_problem(row) or self._size_problem(row) or self._key_problem(row)

    def _text_problem(self, row: Sequence[bytes | None]) -> Problem | None:
        whole = b"\n".join(filter(None, row))
        if b"\0" not in whole and is_utf8(whole):
            return None
        for name, value in zip(self._names, row, strict=True):
            if value is not None and b"\0" in value:
                return "nul_byte", f"{name} holds a NUL byte. Ask the sender for text without it"
            if value is not None and not is_utf8(value):
                return (
                    "undecodable",
                    f"{name} holds bytes that are no UTF-8, as text in Parquet must be. Ask the "
                    "sender to write it as UTF-8",
                )
        return None

    def _size_problem(self, row: Sequence[bytes | None]) -> Problem | None:
        sizes = {self._names[index]: len(row[index] or b"") for index in self._known}
        return oversize_problem(sizes, self._contract)

    def _key_problem(self, row: Sequence[bytes | None]) -> Problem | None:
        texts = {column: (row[index] or b"").decode() for column, index in self._keys.items()}
        return key_problem(
            [column for column, text in texts.items() if is_blank(text)], self._contract
        )

    def _written(self, row: Sequence[bytes | None]) -> bytes:
        fields = [Field(row[i] or b"", is_quoted=row[i] is not None) for i in self._known]
        if self._unknown:
            extra = self._as_json(row, self._unknown, bytes.decode)
            fields.append(Field(extra.encode(), is_quoted=True))
        return _OUTPUT.join(fields)

    def _readable(self, row: Sequence[bytes | None]) -> str:
        return self._as_json(row, range(len(row)), lambda value: readable_text(value, "utf-8"))

    def _as_json(
        self, row: Sequence[bytes | None], indexes: Sequence[int], text_of: Callable[[bytes], str]
    ) -> str:
        values: Mapping[str, str | None] = {
            self._names[index]: None if (value := row[index]) is None else text_of(value)
            for index in indexes
        }
        return json.dumps(values, ensure_ascii=False)
