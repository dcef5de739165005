"""Values of Arrow columns as the text that raw holds."""

import base64
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
from pyarrow import compute

# Nothing but zeros behind the point says nothing: 14:30:00.000000Z is 14:30:00Z.
_EMPTY_FRACTION = r"[.]0+(Z?)$"

Texts = list[bytes | None]


def texts_of(column: pa.Array) -> Texts:
    """Return a column's values as text in UTF-8, null as None.

    Strings and binary values are taken byte for byte, whether or not they are UTF-8; numbers are
    written in their shortest form, decimals with all their places; days and instants in ISO 8601,
    instants that know their zone in UTC; lists and structures as JSON.

    Raises:
        pa.ArrowNotImplementedError: if there is no text of such a type.
    """
    texts: Texts = _converter(column.type)(column)
    return texts


def _converter(kind: pa.DataType) -> Callable[[pa.Array], Texts]:
    if pa.types.is_dictionary(kind):
        return lambda column: texts_of(column.dictionary_decode())
    if pa.types.is_nested(kind):
        return _json_texts
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        return _instant_texts
    if _is_bytes(kind):
        return lambda column: list(column.cast(pa.large_binary()).to_pylist())
    return lambda column: _encoded(column.cast(pa.large_string()))


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)


def _encoded(column: pa.Array) -> Texts:
    return list(column.cast(pa.large_binary()).to_pylist())


def _instant_texts(column: pa.Array) -> Texts:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))  # the same instant
    texts = column.cast(pa.large_string())
    return _encoded(compute.replace_substring_regex(texts, _EMPTY_FRACTION, r"\1"))


def _json_texts(column: pa.Array) -> Texts:
    return [
        None
        if value is None
        else json.dumps(value, ensure_ascii=False, default=_json_value).encode(
            "utf-8", "surrogatepass"
        )
        for value in column.to_pylist()
    ]


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise pa.ArrowNotImplementedError(f"there is no JSON of {type(value).__name__}")
