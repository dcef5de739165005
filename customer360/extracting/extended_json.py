"""MongoDB Extended JSON v2, canonical and relaxed, as plain JSON.

Source: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
"""

import datetime as dt
from collections.abc import Callable, Mapping

from customer360.landing.json_text import Number

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def plain(value: object) -> object:
    """Return a parsed value without type wrappers: ids and instants as text, numbers as written.

    What looks like a wrapper and is none stays as it is.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    for name, unwrapped in _WRAPPERS.items():
        if name in value and len(value) == 1:
            try:
                return unwrapped(value[name])
            except (ValueError, TypeError, KeyError, OverflowError):
                break
    return {name: plain(item) for name, item in value.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return str(value)


def _number(value: object) -> object:
    text = _text(value)
    try:
        float(text)
    except ValueError:
        return text
    return text if text.lower().strip("+-") in ("nan", "infinity", "inf") else Number(text)


def _instant(value: object) -> str:
    """Return 2024-01-15T14:30:00.500Z of milliseconds, or of what is an instant already."""
    if isinstance(value, Mapping):
        value = value["$numberLong"]
    if isinstance(value, str) and not value.removeprefix("-").isdigit():
        return str(value)
    moment = _EPOCH + dt.timedelta(milliseconds=int(_text(value)))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _timestamp(value: object) -> str:
    """Return the instant of MongoDB's own kind, which has an ordinal beside its seconds."""
    if not isinstance(value, Mapping):
        raise TypeError
    moment = _EPOCH + dt.timedelta(seconds=int(_text(value["t"])))
    return moment.isoformat().replace("+00:00", "Z")


def _binary(value: object) -> str:
    if isinstance(value, Mapping):
        value = value["base64"]
    return _text(value)


def _pattern(value: object) -> str:
    if not isinstance(value, Mapping):
        raise TypeError
    return _text(value["pattern"])


_WRAPPERS: Mapping[str, Callable[[object], object]] = {
    "$oid": _text,
    "$date": _instant,
    "$numberInt": _number,
    "$numberLong": _number,
    "$numberDouble": _number,
    "$numberDecimal": _number,
    "$timestamp": _timestamp,
    "$binary": _binary,
    "$uuid": _text,
    "$symbol": _text,
    "$regularExpression": _pattern,
    "$undefined": lambda _: None,
}
