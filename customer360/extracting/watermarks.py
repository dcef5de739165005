"""Watermarks: the newest value of a column that was seen, as text.

Whole numbers are compared as such, ISO instants as instants, anything else as text. Instants later
than the pull are passed over: one wrong date in the future would hide all that changes until then.
"""

import datetime as dt
from collections.abc import Iterable


def newest(seen: str | None, values: Iterable[str | None], now: dt.datetime) -> str | None:
    """Return the newest of what was seen and some values."""
    for value in values:
        if value and not _is_future(value, now) and (seen is None or _is_newer(value, seen)):
            seen = value
    return seen


def moved_back(watermark: str | None, seconds: int) -> str | None:
    """Return an instant some seconds earlier; other watermarks as they are."""
    instant = _instant(watermark or "")
    if watermark is None or instant is None or not seconds:
        return watermark
    return (instant - dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _is_newer(value: str, than: str) -> bool:
    instants = _instant(value), _instant(than)
    if instants[0] is not None and instants[1] is not None:
        return instants[0] > instants[1]
    numbers = _number(value), _number(than)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] > numbers[1]
    return value > than


def _is_future(value: str, now: dt.datetime) -> bool:
    instant = _instant(value)
    return instant is not None and instant > now


def _number(text: str) -> int | None:
    return (
        int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else None
    )


def _instant(text: str) -> dt.datetime | None:
    if text.isdigit():  # 20240115 is more likely a number
        return None
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
