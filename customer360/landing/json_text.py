"""JSON as it was delivered: numbers stay as written, and what is no JSON does not pass."""

import json
from collections.abc import Mapping

from customer360.landing.encoded_text import is_utf8

_MAX_DIGITS = 1000  # jsonb holds more, but no measure does


class Number(str):
    """A number as it is written, so that 1.10 stays 1.10."""

    __slots__ = ()


def parse_json(text: bytes) -> object:
    """Return what a JSON text says.

    Raises:
        ValueError: if it is no JSON, or names a column twice.
        RecursionError: if it is nested too deeply.
    """
    return _DECODER.decode(text.decode(json.detect_encoding(text), "surrogatepass"))


def _number(text: str) -> Number:
    exponent = text.lower().partition("e")[2]
    if len(text) > _MAX_DIGITS or (exponent and abs(int(exponent)) > _MAX_DIGITS):
        raise ValueError(f"a number has more than {_MAX_DIGITS} digits")
    return Number(text)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names a column twice")
    return value


# Made once: `json.loads` would make one for each text, which costs more than to read a short one.
_DECODER = json.JSONDecoder(
    parse_int=_number,
    parse_float=_number,
    parse_constant=_refuse_constant,
    object_pairs_hook=_object_without_doubles,
)


def as_text(value: object) -> str | None:
    """Return a parsed value as raw holds it: strings as their text, all else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return to_json(value)


def to_json(value: object) -> str:
    """Write a parsed value as JSON, numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Mapping):
        pairs = (
            f"{json.dumps(name, ensure_ascii=False)}: {to_json(item)}"
            for name, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def is_storable(json_text: str) -> bool:
    """Tell whether Postgres can hold it: half a surrogate pair is no UTF-8, NUL is no text."""
    escapes = json_text.replace("\\\\", "")  # a backslash that is itself escaped begins no escape
    return is_utf8(json_text.encode("utf-8", "surrogatepass")) and "\\u0000" not in escapes
