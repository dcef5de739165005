"""No text in a CSV file begins like a formula."""

import pyarrow as pa
import pytest

from customer360.exporting.arrow_types import arrow_type
from customer360.exporting.spreadsheets import neutralised


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_text_that_begins_like_a_formula_gets_an_apostrophe(first: str) -> None:
    batch = pa.RecordBatch.from_pydict({"text": [f"{first}1+1", None, f"a{first}", ""]})
    assert neutralised(batch).to_pydict() == {"text": [f"'{first}1+1", None, f"a{first}", ""]}


def test_other_types_stay_as_they_are() -> None:
    batch = pa.RecordBatch.from_pydict({"number": [-1, None], "flag": [True, False]})
    assert neutralised(batch).equals(batch)


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [
        ("numeric(14,2)", pa.decimal128(14, 2)),
        ("numeric(50,2)", pa.string()),
        ("timestamp with time zone", pa.timestamp("us", tz="UTC")),
        ("character varying(3)", pa.string()),
        ("jsonb", pa.string()),
        ("integer[]", pa.string()),
    ],
)
def test_types_of_postgres_become_types_of_arrow(type_name: str, expected: pa.DataType) -> None:
    assert arrow_type(type_name) == expected
