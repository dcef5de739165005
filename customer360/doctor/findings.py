"""What an examination finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from customer360.settings import Settings

Level = Literal["ok", "warning", "wrong"]
Check = Callable[[Settings], "Iterable[Finding]"]


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what it is like, and what to do about it."""

    level: Level
    subject: str
    message: str
    remedy: str = ""


def ok(subject: str, message: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding("ok", subject, message)


def warning(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that a part of the project may trip over."""
    return Finding("warning", subject, message, remedy)


def wrong(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that the pipeline cannot work with."""
    return Finding("wrong", subject, message, remedy)
