"""Objects of JSON as rows: each name is a column, whatever its case.

Strings are taken as their text, numbers as they are written, true and false as such, objects and
arrays as JSON text. JSON null and a missing name are both null in raw; an empty string stays one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer360.landing.blanks import is_blank
from customer360.landing.columns import folded, require_columns
from customer360.landing.encoded_text import readable_text
from customer360.landing.json_text import as_text, is_storable, parse_json, to_json
from customer360.landing.outcomes import BadRow, Block, FileRejected
from customer360.landing.row_checks import Problem, key_problem, oversize_problem, text_problem

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract

_ESCAPED = (
    "undecodable",
    "a value holds an escaped NUL or half a surrogate pair, which is no text. Ask the sender for "
    "the row without it",
)
_NAMES_REMEMBERED = 1000
# Objects name what they hold, most of them all the same; of strange ones little is remembered.
_LAYOUTS_REMEMBERED = 100
_ORDINARY_BYTES = 64 * 1024


class JsonRows:
    """Judges the objects of one file; `remedy` says what the sender should deliver instead."""

    def __init__(self, contract: "FeedContract", encoding: str, remedy: str) -> None:
        self._contract = contract
        self._encoding = encoding
        self._remedy = remedy
        self._expected = {folded(column): column for column in contract.columns}
        self._column_of: dict[str, str | None] = {}
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._key_places = [(name, contract.columns.index(name)) for name in contract.key]
        self._has_object = False

    def block(self, texts: Iterable[tuple[int, bytes]]) -> Block:
        """Return numbered texts, each meant as an object, as a block of rows."""
        known = len(self._column_of)
        good: list[bytes] = []
        bad: list[BadRow] = []
        for number, text in texts:
            outcome = self._row(text)
            if isinstance(outcome, bytes):
                good.append(b"%d,%b\n" % (number, outcome))
            else:
                bad.append(BadRow(number, *outcome, text=readable_text(text, self._encoding)))
        self._has_object = self._has_object or bool(good) or bool(self._column_of)
        new = [name for name in list(self._column_of)[known:] if self._column_of[name] is None]
        return Block(b"".join(good), len(good) + len(bad), tuple(bad), tuple(new))

    def require_objects(self, what: str) -> None:
        """Reject a file in which nothing was an object, or no object had a required column.

        Raises:
            FileRejected: with `what` as the problem where there was no object.
        """
        if not self._has_object:
            raise FileRejected(what, self._remedy)
        found = {column for column in self._column_of.values() if column is not None}
        require_columns(found, list(self._column_of), self._contract, line=None)

    def _row(self, text: bytes) -> bytes | Problem:
        problem = text_problem(text, self._encoding, self._contract)
        if problem is not None:
            return problem
        try:
            value = parse_json(text)
            if not isinstance(value, dict):
                return "not_an_object", f"this is JSON but no object. {self._remedy}"
            if b"\\u" in text and not is_storable(to_json(value)):
                return _ESCAPED
            return self._object(value, len(text))
        except (ValueError, RecursionError) as error:
            return "bad_json", f"this is no JSON that can be kept ({error}). {self._remedy}"

    def _object(self, value: Mapping[str, object], size: int) -> bytes | Problem:
        layout = self._layout(tuple(value), size)
        texts = [as_text(value.get(name)) if name is not None else None for name in layout.names]
        problem = self._problem(texts, size)
        if problem is not None:
            return problem
        extra = {name: value[name] for name in layout.others}
        texts.append(to_json(extra) if extra else None)
        return ",".join(map(_quoted, texts)).encode()

    def _layout(self, names: tuple[str, ...], size: int) -> "_Layout":
        layout = self._layouts.get(names)
        if layout is None:
            layout = self._new_layout(names)
            if len(self._layouts) < _LAYOUTS_REMEMBERED and size <= _ORDINARY_BYTES:
                self._layouts[names] = layout
        return layout

    def _new_layout(self, names: tuple[str, ...]) -> "_Layout":
        name_of: dict[str, str] = {}
        others: list[str] = []
        for name in names:
            column = self._column(name)
            if column is None or column in name_of:
                others.append(name)
            else:
                name_of[column] = name
        return _Layout(tuple(map(name_of.get, self._contract.columns)), tuple(others))

    def _column(self, name: str) -> str | None:
        if name in self._column_of:
            return self._column_of[name]
        column = self._expected.get(folded(name))
        if column is not None or len(self._column_of) < _NAMES_REMEMBERED:
            self._column_of[name] = column
        return column

    def _problem(self, texts: Sequence[str | None], size: int) -> Problem | None:
        # Written anew, an object or array has a space after each mark: never twice its bytes.
        if 2 * size > self._contract.max_field_bytes:
            named = zip(self._contract.columns, texts, strict=True)
            sizes = {name: len(text.encode()) for name, text in named if text is not None}
            problem = oversize_problem(sizes, self._contract)
            if problem is not None:
                return problem
        blank = [name for name, place in self._key_places if is_blank(texts[place] or "")]
        return key_problem(blank, self._contract)


@dataclass(frozen=True)
class _Layout:
    """What objects of the same names hold: the name for each column, and those for none."""

    names: tuple[str | None, ...]
    others: tuple[str, ...]


def _quoted(text: str | None) -> str:
    """Write a value of a csv record; bare and empty it is null, so that all else is quoted."""
    return "" if text is None else '"' + text.replace('"', '""') + '"'
