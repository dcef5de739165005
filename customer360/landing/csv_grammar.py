"""The grammar of one csv dialect as regular expressions over bytes (RFC 4180, any delimiter).

A value in quotes doubles the quotes in it and may hold line ends; a bare value holds no quote. All
repetitions are possessive, so matching is linear in the length whatever the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from customer360.landing.blanks import BLANKS

_INSIDE = rb'[^"]*+(?:""[^"]*+)*+'
_QUOTED = rb'"' + _INSIDE + rb'"'


def _blanks(without: bytes = b"") -> bytes:
    """Any number of blanks; those that differ in their last byte only are one class."""
    last_bytes: dict[bytes, bytes] = {}
    for blank in map(str.encode, BLANKS):
        if blank not in without:
            last_bytes[blank[:-1]] = last_bytes.get(blank[:-1], b"") + blank[-1:]
    classes = (b"%b[%b]" % (first, re.escape(last)) for first, last in last_bytes.items())
    return b"(?:%b)*+" % b"|".join(classes)


@dataclass(frozen=True)
class Field:
    """One value of a record; an empty bare value is no value, an empty quoted one is empty text."""

    value: bytes
    is_quoted: bool


@dataclass(frozen=True)
class CsvGrammar:
    """What a record of `width` fields looks like, whose fields at `keys` must not be blank."""

    delimiter: bytes
    width: int
    keys: tuple[int, ...]

    @cached_property
    def _mark(self) -> bytes:
        return re.escape(self.delimiter)

    @cached_property
    def _blank(self) -> bytes:
        """Blanks within a line that are not the delimiter."""
        return _blanks(without=b"\r\n" + self.delimiter)

    @cached_property
    def clean_record(self) -> re.Pattern[bytes]:
        """A whole record on one line that Postgres reads as we do; it may miss some good ones."""
        bare = rb'[^"\r\n%b]*+' % self._mark
        value = rb"(?:%b|%b)" % (_QUOTED, bare)
        key = rb'(?:"(?!%b")%b"|(?!%b(?:%b|\Z))%b)' % (
            _blanks(),
            _INSIDE,
            self._blank,
            self._mark,
            bare,
        )
        fields = [key if index in self.keys else value for index in range(self.width)]
        return re.compile(self._mark.join(fields))

    @cached_property
    def blank_key(self) -> re.Pattern[bytes]:
        """A line feed and then a line without quotes in which a key field is blank."""
        before = [
            rb"(?:[^\n%b]*+%b){%d}" % (self._mark, self._mark, index) if index else b""
            for index in self.keys
        ]
        return re.compile(rb"\n(?:%b)%b[\n%b]" % (b"|".join(before), self._blank, self._mark))

    @cached_property
    def opening_line(self) -> re.Pattern[bytes]:
        """A first line whose last value opens a quote that the line does not close."""
        closed = rb'(?:%b|[^"%b]*+)%b' % (_QUOTED, self._mark, self._mark)
        return re.compile(rb'(?:%b)*+"%b' % (closed, _INSIDE))

    @cached_property
    def inner_line(self) -> re.Pattern[bytes]:
        """A line that starts inside a quoted value and ends inside this or another one."""
        return re.compile(rb'%b(?:"%b%b"%b)?+' % (_INSIDE, self._more_values, self._mark, _INSIDE))

    @cached_property
    def closing_line(self) -> re.Pattern[bytes]:
        """A line that starts inside a quoted value and ends the record."""
        return re.compile(rb'%b"%b\r?' % (_INSIDE, self._more_values))

    @cached_property
    def _more_values(self) -> bytes:
        value = rb'(?:%b|[^"%b]*+)' % (_QUOTED, self._mark)
        return rb"(?:%b%b(?=%b|\r?\Z))*+" % (self._mark, value, self._mark)

    @cached_property
    def _field(self) -> re.Pattern[bytes]:
        bare = rb'[^"%b]*+' % self._mark
        return re.compile(rb'(?:"(%b)"|(%b))(%b|\Z)' % (_INSIDE, bare, self._mark))

    def split(self, record: bytes) -> list[Field] | None:
        """Return the fields of a record, however many; None if its quotes are misplaced."""
        fields: list[Field] = []
        position = 0
        while (found := self._field.match(record, position)) is not None:
            quoted, bare, end = found.groups()
            fields.append(
                Field(bare, is_quoted=False)
                if quoted is None
                else Field(quoted.replace(b'""', b'"'), is_quoted=True)
            )
            position = found.end()
            if not end:
                return fields
        return None

    def join(self, fields: Iterable[Field]) -> bytes:
        """Write fields as a record that Postgres reads as they are."""
        return self.delimiter.join(map(self._written, fields))

    def _written(self, field: Field) -> bytes:
        special = (b'"', b"\r", b"\n", self.delimiter)
        if field.is_quoted or any(mark in field.value for mark in special):
            return b'"' + field.value.replace(b'"', b'""') + b'"'
        return field.value
