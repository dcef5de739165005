"""Rows of a csv file: numbered lines for COPY where they are good, bad rows where they are not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

from customer360.landing.blanks import is_blank
from customer360.landing.csv_grammar import CsvGrammar, Field
from customer360.landing.encoded_text import readable_text
from customer360.landing.outcomes import BadRow
from customer360.landing.row_checks import (
    STRAY_QUOTE,
    Problem,
    field_problem,
    key_problem,
    text_problem,
)

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract


@dataclass(frozen=True)
class RowChecker:
    """Decides on one record at a time. `columns` says which expected column each name is."""

    grammar: CsvGrammar
    names: Sequence[str]
    columns: Sequence[str | None]
    contract: "FeedContract"
    encoding: str

    def check(self, record: bytes, line: int) -> bytes | BadRow:
        """Return a record as Postgres shall read it, or why it shall not."""
        problem = text_problem(record, self.encoding, self.contract)
        if problem is not None:
            return self.bad_row(record, line, problem)
        fields = self.grammar.split(record)
        if fields is None:
            return self.bad_row(record, line, STRAY_QUOTE)
        problem = field_problem(fields, self.names, self.contract) or self._key_problem(fields)
        return self._written(fields) if problem is None else self.bad_row(record, line, problem)

    def bad_row(self, record: bytes, line: int, problem: Problem) -> BadRow:
        """Return the record as a bad row."""
        return BadRow(line, *problem, text=readable_text(record, self.encoding))

    def _key_problem(self, fields: Sequence[Field]) -> Problem | None:
        blank = [
            name
            for name, key in zip(self.contract.key, self.grammar.keys, strict=True)
            if is_blank(fields[key].value.decode())
        ]
        return key_problem(blank, self.contract)

    def _written(self, fields: Sequence[Field]) -> bytes:
        known = [column is not None for column in self.columns]
        written = self.grammar.join(compress(fields, known))
        if all(known):
            return written
        extra = {
            name: field.value.decode() if field.value or field.is_quoted else None
            for name, field, is_known in zip(self.names, fields, known, strict=True)
            if not is_known
        }
        text = json.dumps(extra, ensure_ascii=False).encode()
        return self.grammar.delimiter.join(
            (written, self.grammar.join([Field(text, is_quoted=True)]))
        )
