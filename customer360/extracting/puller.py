"""Pulls one feed, whatever the kind of its source."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from customer360.database.connection import connect
from customer360.extracting.definitions import Pull
from customer360.extracting.endpoints import Endpoint
from customer360.extracting.mongodb import pull_mongodb
from customer360.extracting.outcomes import Piece, PullResult
from customer360.extracting.postgres import pull_postgres
from customer360.extracting.progress import open_progress
from customer360.extracting.rest import pull_rest
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.settings import Settings

logger = logging.getLogger(__name__)

_Puller = Callable[..., tuple[list[Piece], str | None]]
_PULLERS: Mapping[str, _Puller] = MappingProxyType(
    {"rest": pull_rest, "postgres": pull_postgres, "mongodb": pull_mongodb}
)


def pull_feed(
    settings: Settings, pull: Pull, endpoint: Endpoint, now: dt.datetime, *, full: bool = False
) -> PullResult:
    """Write what is new at a feed's source into landing files; with `full`, everything.

    Raises:
        PullFailed: if a person must mend something; the message says what.
        SourceUnavailable: if the source is in trouble that may pass.
        PullBusy: if another process pulls the feed.
        psycopg2.OperationalError: if a database cannot be reached.
    """
    with (
        connect(settings, role=LOADER_ROLE) as connection,
        open_progress(connection, pull) as progress,
    ):
        pieces, watermark = _PULLERS[pull.definition.kind](
            pull, endpoint, progress, settings.landing_dir, now, full=full
        )
    pieces = [piece for piece in pieces if piece.file_name is not None]
    rows = sum(piece.rows for piece in pieces)
    logger.info("%s: pulled %d rows into %d files", pull.feed, rows, len(pieces))
    return PullResult(pull.feed, tuple(piece.file_name or "" for piece in pieces), rows, watermark)
