"""Newline-delimited JSON: one object per line, each name a column.

Strings are taken as their text, numbers as they are written, true and false as such, objects and
arrays as JSON text. JSON null and a missing name are both null in raw; an empty string stays one.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from customer360.landing.blanks import is_blank
from customer360.landing.columns import folded, require_columns
from customer360.landing.csv_grammar import CsvGrammar, Field
from customer360.landing.encoded_text import is_utf8, readable_text
from customer360.landing.lines import LineBlock, line_blocks
from customer360.landing.outcomes import BadRow, Block, FileRejected, Records
from customer360.landing.row_checks import Problem, key_problem, oversize_problem, text_problem

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile

_OUTPUT = CsvGrammar(b",", 0, ())
_REMEDY = "Ask the sender for one JSON object per line"
_ESCAPED = (
    "undecodable",
    "a value holds an escaped NUL or half a surrogate pair, which is no text. Ask the sender for "
    "the row without it",
)
_MAX_DIGITS = 1000  # jsonb holds more, but no measure does
_NAMES_REMEMBERED = 1000


class _Number(str):
    """A number as it is written, so that 1.10 stays 1.10."""

    __slots__ = ()


def read_ndjson(source: "SourceFile", contract: "FeedContract") -> Records:
    """Return the rows of a file of JSON objects, one on each line.

    Raises:
        FileRejected: while reading, if no line is an object, or none has a required column.
    """
    reader = _Reader(contract, source.encoding)
    return Records((*contract.columns, "_extra"), ",", reader.read(line_blocks(source.chunks)))


class _Reader:
    def __init__(self, contract: "FeedContract", encoding: str) -> None:
        self._contract = contract
        self._encoding = encoding
        self._expected = {folded(column): column for column in contract.columns}
        self._column_of: dict[str, str | None] = {}

    def read(self, blocks: Iterator[LineBlock]) -> Iterator[Block]:
        has_object = False
        for block in blocks:
            known = len(self._column_of)
            rows, bad = self._rows(block)
            has_object = has_object or bool(rows) or bool(self._column_of)
            new = [name for name in list(self._column_of)[known:] if self._column_of[name] is None]
            yield Block(b"".join(rows), len(rows) + len(bad), tuple(bad), tuple(new))
        if not has_object:
            raise FileRejected("no line of it is a JSON object", _REMEDY)
        found = {column for column in self._column_of.values() if column is not None}
        require_columns(found, list(self._column_of), self._contract, line=None)

    def _rows(self, block: LineBlock) -> tuple[list[bytes], list[BadRow]]:
        good: list[bytes] = []
        bad: list[BadRow] = []
        for line, text in enumerate(block.lines, start=block.first_line):
            if not text.strip():
                continue
            outcome = self._row(text)
            if isinstance(outcome, bytes):
                good.append(b"%d,%b\n" % (line, outcome))
            else:
                bad.append(BadRow(line, *outcome, text=readable_text(text, self._encoding)))
        return good, bad

    def _row(self, text: bytes) -> bytes | Problem:
        problem = text_problem(text, self._encoding, self._contract)
        if problem is not None:
            return problem
        try:
            value = _parse(text)
            if not isinstance(value, dict):
                return "not_an_object", f"the line is JSON but no object. {_REMEDY}"
            if b"\\u" in text and not _is_storable(_to_json(value)):
                return _ESCAPED
            return self._object(value)
        except (ValueError, RecursionError) as error:
            return "bad_json", f"the line is no JSON that can be kept ({error}). {_REMEDY}"

    def _object(self, value: Mapping[str, object]) -> bytes | Problem:
        row: dict[str, str | None] = {}
        extra: dict[str, object] = {}
        for name, item in value.items():
            column = self._column(name)
            if column is None or column in row:
                extra[name] = item
            else:
                row[column] = _as_text(item)
        return self._problem(row) or self._written(row, extra)

    def _column(self, name: str) -> str | None:
        if name in self._column_of:
            return self._column_of[name]
        column = self._expected.get(folded(name))
        if column is not None or len(self._column_of) < _NAMES_REMEMBERED:
            self._column_of[name] = column
        return column

    def _problem(self, row: Mapping[str, str | None]) -> Problem | None:
        sizes = {name: len(text.encode()) for name, text in row.items() if text is not None}
        blank = [name for name in self._contract.key if is_blank(row.get(name) or "")]
        return oversize_problem(sizes, self._contract) or key_problem(blank, self._contract)

    def _written(self, row: Mapping[str, str | None], extra: Mapping[str, object]) -> bytes:
        texts = [row.get(column) for column in self._contract.columns]
        texts.append(_to_json(extra) if extra else None)
        return _OUTPUT.join(
            Field((text or "").encode(), is_quoted=text is not None) for text in texts
        )


def _parse(text: bytes) -> object:
    return json.loads(
        text,
        parse_int=_number,
        parse_float=_number,
        parse_constant=_refuse_constant,
        object_pairs_hook=_object_without_doubles,
    )


def _number(text: str) -> _Number:
    exponent = text.lower().partition("e")[2]
    if len(text) > _MAX_DIGITS or (exponent and abs(int(exponent)) > _MAX_DIGITS):
        raise ValueError(f"a number has more than {_MAX_DIGITS} digits")
    return _Number(text)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names a column twice")
    return value


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _to_json(value)


def _to_json(value: object) -> str:
    """Write a parsed value as JSON, numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, Mapping):
        pairs = (
            f"{json.dumps(name, ensure_ascii=False)}: {_to_json(item)}"
            for name, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _is_storable(json_text: str) -> bool:
    """Tell whether Postgres can hold it: half a surrogate pair is no UTF-8, NUL is no text."""
    escapes = json_text.replace("\\\\", "")  # a backslash that is itself escaped begins no escape
    return is_utf8(json_text.encode("utf-8", "surrogatepass")) and "\\u0000" not in escapes
