"""Export files of MongoDB become plain JSON, each once, and broken documents wait in quarantine."""

import datetime as dt
import gzip
from pathlib import Path

import pytest

from customer360.extracting.outcomes import PullFailed
from tests.integration.extracting.conftest import NOW, Puller

PULL = "{kind: mongodb, connection: source, files: '*.json*'}"
LATER = NOW + dt.timedelta(hours=1)
CANONICAL = (
    b'{"_id":{"$oid":"65a5"},"name":{"$numberDecimal":"1.10"},'
    b'"updated_at":{"$date":{"$numberLong":"1705329000500"}},"tags":[{"$numberInt":"1"}]}\n'
)
RELAXED = (
    b'{"_id":{"$oid":"65a6"},"name":"Zo\xc3\xab","updated_at":{"$date":"2024-01-15T14:30:00Z"}}\n'
)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    directory = tmp_path / "exports"
    directory.mkdir()
    return directory


def deliver(exports: Path, name: str, content: bytes) -> None:
    (exports / name).write_bytes(content)


@pytest.mark.parametrize("file_format", ["ndjson", "json"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", CANONICAL + RELAXED),
        ("a.json", b"[" + CANONICAL.rstrip() + b",\n" + RELAXED + b"]\n"),
        ("a.json.gz", gzip.compress(CANONICAL + RELAXED)),
        ("a.json", b"\xef\xbb\xbf" + (CANONICAL + RELAXED).replace(b"\n", b"\r\n")),
    ],
    ids=["lines", "array", "gzip", "windows"],
)
def test_exports_become_plain_json(
    puller: Puller, exports: Path, name: str, content: bytes, file_format: str
) -> None:
    puller.define(PULL, file_format)
    deliver(exports, name, content)
    (piece,), _ = puller.run(str(exports))
    assert piece.rows == 2
    puller.load()
    assert puller.rows("select id, name, updated_at, _extra from raw.test__things order by id") == [
        ("65a5", "1.10", "2024-01-15T14:30:00.500Z", {"tags": [1]}),
        ("65a6", "Zoë", "2024-01-15T14:30:00Z", None),
    ]


def test_each_export_is_pulled_once(puller: Puller, exports: Path) -> None:
    puller.define(PULL)
    deliver(exports, "a.json", CANONICAL)
    puller.run(f"file://{exports}")
    assert puller.run(f"file://{exports}") == ([], None)
    deliver(exports, "b.json", RELAXED)
    deliver(exports, "c.json", b"")  # an empty collection
    deliver(exports, "notes.txt", b"not meant")
    deliver(exports, ".d.json", b"hidden")
    deliver(exports, "e.json.part", b"unfinished")
    (piece,), _ = puller.run(f"file://{exports}", now=LATER)
    assert piece.rows == 1
    assert puller.names() == {"65a5": "1.10", "65a6": "Zoë"}


def test_exports_of_one_pull_are_loaded_in_order_of_their_names(
    puller: Puller, exports: Path
) -> None:
    puller.define(PULL)
    for day in range(1, 12):
        deliver(exports, f"2025-01-{day:02d}.json", b'{"_id":1,"name":"day %d"}' % day)
    puller.run(str(exports))
    assert puller.names() == {"1": "day 11"}


def test_an_export_that_is_written_over_is_pulled_again(puller: Puller, exports: Path) -> None:
    puller.define(PULL)
    for minute, name in enumerate("abab"):
        deliver(exports, "all.json", b'{"_id":1,"name":"%b"}' % name.encode())
        puller.run(str(exports), now=NOW + dt.timedelta(minutes=minute))
        assert puller.names() == {"1": name}


def test_documents_that_are_none_wait_in_quarantine(puller: Puller, exports: Path) -> None:
    puller.define(PULL)
    deliver(exports, "a.json", CANONICAL + b'{"_id":2,\n[3]\n{"_id":"\xff"}\n' + RELAXED)
    puller.run(str(exports))
    (result,) = puller.load()
    assert (result.rows_loaded, result.rows_quarantined) == (2, 3)
    assert puller.rows("select line, reason from ops.quarantined_rows order by line") == [
        (2, "bad_json"),
        (3, "not_an_object"),
        (4, "undecodable"),
    ]


def test_a_broken_export_does_not_keep_the_others(puller: Puller, exports: Path) -> None:
    puller.define(PULL)
    deliver(exports, "a.json", CANONICAL)
    deliver(exports, "b.json.gz", gzip.compress(CANONICAL * 100)[:-20])
    deliver(exports, "c.json", b"[" + CANONICAL)
    deliver(exports, "d.json", RELAXED)
    with pytest.raises(PullFailed, match=r"b.json.gz: .*truncated.* c.json: .*not closed"):
        puller.run(str(exports))
    assert puller.names() == {"65a5": "1.10", "65a6": "Zoë"}
    deliver(exports, "c.json", b"[" + CANONICAL.replace(b"65a5", b"65a7") + b"]")
    with pytest.raises(PullFailed, match=r"b.json.gz"):
        puller.run(str(exports), now=LATER)
    assert puller.names().keys() == {"65a5", "65a6", "65a7"}


def test_a_missing_directory_is_named(puller: Puller, exports: Path) -> None:
    puller.define(PULL)
    with pytest.raises(PullFailed, match="nowhere is no directory"):
        puller.run(str(exports / "nowhere"))
