"""The key is made once, kept from others, and gives each purpose another digest."""

import hashlib
import hmac
import multiprocessing
import re
import threading
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from customer360.errors import ConfigurationError
from customer360.privacy.keys import PSEUDONYM, TOMBSTONE, digest, master_key, session_options
from customer360.settings import Settings


def in_folder(folder: Path, **values: object) -> Settings:
    return Settings(data_dir=folder, _env_file=None, **values)  # type: ignore[arg-type]


def test_the_key_is_made_on_first_need_and_kept(tmp_path: Path) -> None:
    settings = in_folder(tmp_path)
    first = master_key(settings)
    assert len(first) == 32
    assert master_key(settings) == first
    assert settings.pseudonym_key_path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.pseudonym_key_path.parent.iterdir()] == ["pseudonym.key"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(master_key, [in_folder(tmp_path)] * 8))) == 1


def test_threads_that_start_together_agree(tmp_path: Path) -> None:
    for number in range(20):
        settings = in_folder(tmp_path / str(number))
        start = threading.Barrier(8)

        def key(_: int, settings: Settings = settings, start: threading.Barrier = start) -> bytes:
            start.wait()
            return master_key(settings)

        with ThreadPool(8) as pool:
            assert len(set(pool.map(key, range(8), chunksize=1))) == 1
        assert len(list(settings.pseudonym_key_path.parent.iterdir())) == 1


def test_a_configured_key_needs_no_file(tmp_path: Path) -> None:
    assert master_key(in_folder(tmp_path, pseudonym_key="ab" * 32)) == b"\xab" * 32
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("key", ["", "short", "ab" * 31, "zz" * 32])
def test_a_weak_key_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "key"
    path.write_text(key)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="at least 32 bytes"):
        master_key(in_folder(tmp_path, pseudonym_key_file=path))


def test_a_key_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("ab" * 32)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="Everybody may read"):
        master_key(in_folder(tmp_path, pseudonym_key_file=path))


def test_digests_are_hmac_by_purpose_and_sessions_can_compute_them(tmp_path: Path) -> None:
    settings = in_folder(tmp_path)
    assert digest(settings, PSEUDONYM, "ä") != digest(settings, TOMBSTONE, "ä")
    key = hmac.digest(master_key(settings), b"pseudonym", "sha256")
    assert digest(settings, PSEUDONYM, "ä") == hmac.new(key, "ä".encode(), "sha256").hexdigest()
    inner, outer = map(bytes.fromhex, re.findall(r"=(\w+)", session_options(settings, PSEUDONYM)))
    by_hand = hashlib.sha256(outer + hashlib.sha256(inner + "ä".encode()).digest()).hexdigest()
    assert by_hand == digest(settings, PSEUDONYM, "ä")
