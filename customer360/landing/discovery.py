"""Finds the landing files that are still to be loaded."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from customer360.database.connection import Connection, connect
from customer360.landing import ledger
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.landing.deliveries import announced, identified
from customer360.landing.loader import load_with
from customer360.landing.outcomes import FileRejected
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.settings import Settings

logger = logging.getLogger(__name__)

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", "~")


def pending_files(settings: Settings) -> list[Path]:
    """Return the files of the landing directory whose bytes were not loaded yet, in order of name.

    A file that was rejected is pending again only when it, its contract or the parser changed. A
    file that no contract claims is rejected here and now, once, so that the ledger says so.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=LOADER_ROLE) as connection:
        pending, unclaimed = new_files(connection, contracts, settings.landing_dir)
        for path in unclaimed:
            load_with(connection, contracts, settings.landing_dir, path)
    return pending


def by_source(settings: Settings, paths: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the files of each source system, in the order in which they are to be loaded.

    Systems may load side by side. Within a feed the order decides, as the version of a row that was
    loaded last wins.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    found: dict[str, list[Path]] = {}
    for path in paths:
        delivery, _ = announced(path, settings.landing_dir, contracts)
        found.setdefault((delivery.feed or "").partition(".")[0], []).append(path)
    return found


def new_files(
    connection: Connection,
    contracts: Mapping[str, FeedContract],
    landing_dir: Path,
    *,
    only_erased: bool = False,
) -> tuple[list[Path], list[Path]]:
    """Return the files that the ledger does not know: those of a feed, and those of none.

    A file that holds rows erased since is among them, or they are all: the loader redacts it.
    """
    pending: list[Path] = []
    unclaimed: list[Path] = []
    for path in landing_files(landing_dir):
        delivery, _ = announced(path, landing_dir, contracts)
        try:
            delivery = identified(delivery, path)
        except FileRejected as rejection:  # it went away meanwhile, or may not be read
            logger.warning(rejection.message(delivery.file_name))
            continue
        with connection, connection.cursor() as cursor:
            entry = ledger.find(cursor, delivery)
            is_new = entry is None and not only_erased
            # What was rejected is looked at once more for a name of somebody erased since.
            is_rejected = only_erased and entry is not None and entry.status == "rejected"
            if is_new or is_rejected or (entry is not None and entry.rows_erased):
                (unclaimed if delivery.feed is None else pending).append(path)
    return pending, unclaimed


def landing_files(directory: Path) -> Iterator[Path]:
    """Yield regular files below a directory; symlinks, hidden and unfinished ones are not meant."""
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not (
                name.startswith(".") or name.lower().endswith(_UNFINISHED) or path.is_symlink()
            ):
                yield path
