"""How a column of Postgres is typed in an extract."""

import re

import pyarrow as pa

_BY_NAME = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "double precision": pa.float64(),
    "integer": pa.int32(),
    "numeric": pa.float64(),  # without a scale of its own; the marts' contracts give one
    "real": pa.float32(),
    "smallint": pa.int16(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "timestamp without time zone": pa.timestamp("us"),
}
_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_MOST_DIGITS = 38  # of decimal128


def arrow_type(type_name: str) -> pa.DataType:
    """Return the type for what `format_type` says of a column; text for what has none of its own.

    Money stays exact: numeric(14,2) becomes decimal128(14, 2).
    """
    if (numeric := _NUMERIC.fullmatch(type_name)) and int(numeric[1]) <= _MOST_DIGITS:
        return pa.decimal128(int(numeric[1]), int(numeric[2]))
    return _BY_NAME.get(type_name, pa.string())
