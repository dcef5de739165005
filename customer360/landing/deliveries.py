"""Says of a landing file what its name is, whose contract claims it, and which bytes it holds."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from customer360.landing.contracts import ContractError, FeedContract
from customer360.landing.encoded_text import is_utf8
from customer360.landing.ledger import Delivery
from customer360.landing.outcomes import FileRejected
from customer360.landing.source_file import sha256_of


def announced(
    path: Path, landing_dir: Path, contracts: Mapping[str, FeedContract], feed: str | None = None
) -> tuple[Delivery, FeedContract | FileRejected]:
    """Return what the name alone tells of a file, and its contract or why it has none."""
    file_name = file_name_of(path, landing_dir)
    claim = _unreadable_name(path) or claiming_contract(file_name, contracts, feed)
    delivery = Delivery(
        file_name, datetime.now(UTC), contract_sha256=_fingerprint_of_all(contracts)
    )
    if isinstance(claim, FeedContract):
        delivery = replace(delivery, feed=claim.feed, contract_sha256=claim.fingerprint)
    return delivery, claim


def identified(delivery: Delivery, path: Path) -> Delivery:
    """Add size and digest of the file's bytes.

    Raises:
        FileRejected: if there is no file that can be read.
    """
    try:
        size = path.stat().st_size
        return replace(delivery, file_sha256=sha256_of(path), file_bytes=size)
    except FileNotFoundError:
        raise FileRejected("there is no such file", "Check the name, or deliver the file") from None
    except (IsADirectoryError, NotADirectoryError):
        raise FileRejected("this is no file", "Name the files in it") from None
    except PermissionError:
        raise FileRejected(
            "the loader may not read the file", "Give its user the right to read it"
        ) from None


def file_name_of(path: Path, landing_dir: Path) -> str:
    """Return the file's name in the ledger: below the landing directory, else its absolute path.

    Bytes of it that are no UTF-8 are written as `\\xNN`.
    """
    absolute = path.absolute()
    for directory in (landing_dir.absolute(), landing_dir.resolve()):
        if absolute.is_relative_to(directory):
            return _as_text(absolute.relative_to(directory))
    return _as_text(absolute)


def _as_text(path: Path) -> str:
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _unreadable_name(path: Path) -> FileRejected | None:
    """Return why a file is rejected whose name no database and no task can hold, if it is so."""
    if is_utf8(os.fsencode(path)):
        return None
    return FileRejected("its name is no UTF-8", "Rename it, or let the sender deliver it anew")


def claiming_contract(
    file_name: str, contracts: Mapping[str, FeedContract], feed: str | None = None
) -> FeedContract | FileRejected:
    """Return the one contract that claims a file, or that of `feed` where it is given.

    If none or several claim it, return why it must be rejected.

    Raises:
        ContractError: if there is no feed of the given name.
    """
    if feed is not None:
        if feed not in contracts:
            raise ContractError(f"there is no feed {feed!r}; feeds are {_listed(contracts)}")
        return contracts[feed]
    claiming = [contract for contract in contracts.values() if contract.claims(file_name)]
    if len(claiming) == 1:
        return claiming[0]
    if claiming:
        names = " and ".join(contract.feed for contract in claiming)
        return FileRejected(
            f"{names} both claim this file", "Make their `files` patterns exclude each other"
        )
    patterns = ", ".join(sorted(contract.files for contract in contracts.values()))
    return FileRejected(
        "no feed's contract claims this file",
        f"Move it to where a feed expects it ({patterns}), name its feed with --feed, or write a "
        "contract for it",
    )


def _fingerprint_of_all(contracts: Mapping[str, FeedContract]) -> str:
    """Return one SHA-256 over all contracts, for files that none of them claims."""
    fingerprints = (contracts[feed].fingerprint for feed in sorted(contracts))
    return hashlib.sha256("".join(fingerprints).encode()).hexdigest()


def _listed(contracts: Mapping[str, FeedContract]) -> str:
    return ", ".join(sorted(contracts))
