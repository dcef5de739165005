"""The secret behind pseudonyms and tombstones: it is kept outside the database.

One master key; each purpose has a key of its own that is derived from it, so that who may compare
pseudonyms cannot try out tombstones. Postgres computes HMAC-SHA-256 (RFC 2104) itself, with the two
padded keys that a session is given when it connects: no statement, log or table ever holds them.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from customer360.errors import ConfigurationError
from customer360.settings import Settings

PSEUDONYM = "pseudonym"
TOMBSTONE = "tombstone"
_KEY_BYTES = 32
_BLOCK_BYTES = 64  # of SHA-256


def master_key(settings: Settings) -> bytes:
    """Return the configured key, else the one of the key file, which is made on first need.

    Raises:
        ConfigurationError: if it is too short to be secret, others may read the file, or we cannot.
    """
    if settings.pseudonym_key is not None:
        return _checked(settings.pseudonym_key.get_secret_value(), "C360_PSEUDONYM_KEY")
    path = settings.pseudonym_key_path
    try:
        return _checked(_kept(path), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The key in {path} cannot be read: {error}. Let this user read the file, put it back "
            "from its copy, or say with C360_PSEUDONYM_KEY_FILE where it is."
        ) from None


def digest(settings: Settings, purpose: str, text: str) -> str:
    """Return HMAC-SHA-256 of a text in hexadecimal digits; SQL computes the same."""
    key = _purpose_key(settings, purpose)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def session_options(settings: Settings, purpose: str) -> str:
    """Return libpq options that give a session the padded keys of a purpose."""
    key = _purpose_key(settings, purpose).ljust(_BLOCK_BYTES, b"\0")
    pads = {"inner": 0x36, "outer": 0x5C}
    return " ".join(
        f"-c c360.{purpose}_{name}={bytes(byte ^ pad for byte in key).hex()}"
        for name, pad in pads.items()
    )


def _purpose_key(settings: Settings, purpose: str) -> bytes:
    return hmac.digest(master_key(settings), purpose.encode(), "sha256")


def _kept(path: Path) -> str:
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o007:
        raise ConfigurationError(f"Everybody may read {path}: `chmod 600` it.")
    return path.read_text().strip()


def _checked(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < _KEY_BYTES:
        raise ConfigurationError(
            f"{place} must hold at least {_KEY_BYTES} bytes in hexadecimal digits: "
            f"`openssl rand -hex {_KEY_BYTES}` makes them."
        )
    return key


def _make(path: Path) -> None:
    """Write a new key whole, or leave that of a thread or process that was faster."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.token_hex(_KEY_BYTES)}\n")
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)  # fails where the file exists, as a rename would not
    Path(temporary).unlink()
