"""What pulling a feed can come to."""

from dataclasses import dataclass


class PullFailed(Exception):  # noqa: N818 - named as the loader's outcomes are
    """The source answers something that trying again will not mend; says what and what to do."""


class SourceUnavailable(ConnectionError):  # noqa: N818
    """The source did not answer well, however often it was asked; that may pass."""


class PullBusy(ConnectionError):  # noqa: N818
    """Another process is pulling the same feed."""


@dataclass(frozen=True)
class Piece:
    """What was pulled at once, and the landing file it became, by its name below landing.

    `file_name` is None where the pull before brought the same bytes.
    """

    file_name: str | None
    sha256: str
    rows: int


@dataclass(frozen=True)
class PullResult:
    """What one pull of a feed came to. `rows` are those in the new `files`."""

    feed: str
    files: tuple[str, ...]
    rows: int
    watermark: str | None
    message: str = ""
