"""The same rows in every format: lines of JSON, an array and parquet, nested where systems nest."""

import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from data_generators import blocks, finishing
from data_generators import generate as generate_module
from data_generators.catalogue import Catalogue
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from data_generators.population.people import Block
from data_generators.sources import SOURCES
from data_generators.sources.base import Integers, Observation
from data_generators.tables import Feed, Format, Table

COLUMNS = ("visit_id", "page", "amount", "at")
ROWS_OF_A_BLOCK = 25


def nested(record: Mapping[str, str]) -> dict[str, object]:
    return {"Id": record["visit_id"], "Seen": {"Page": record["page"] or None, "At": record["at"]}}


class Site:
    """A source that sees as many visits in each block, in any format."""

    name = "site"
    record_share = 0.0
    purchase_share = 0.0

    def __init__(self, feed: Feed, rows: int = ROWS_OF_A_BLOCK) -> None:
        self.feeds = (feed,)
        self._rows = rows

    def reference_tables(self, _: Catalogue) -> list[Table]:
        return []

    def observe(
        self, block: Block, _purchases: Integers, _catalogue: Catalogue, _earlier: object
    ) -> Observation:
        numbers = np.arange(self._rows)
        columns = {
            "visit_id": [f"V{block.plan.index}-{number}" for number in numbers],
            "page": ["" if number % 5 == 0 else f"/söck/{number}" for number in numbers],
            "amount": [f"{number}.50" for number in numbers],
        }
        instants = block.window.start + numbers * 86_400 + 3_600
        return Observation((Table(self.feeds[0], columns, instants),))


def feed_in(file_format: Format, **options: object) -> Feed:
    feed = Feed("site", "visits", COLUMNS, "visit_id", "at", format=file_format, dates="iso")
    return dataclasses.replace(feed, **options)  # type: ignore[arg-type]


def delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site, **options: int
) -> list[Path]:
    for module in (blocks, generate_module):
        monkeypatch.setattr(module, "SOURCES", (*SOURCES, site))
    generate(GeneratorConfig(customers=1_000, output=tmp_path, **options))  # type: ignore[arg-type]
    return sorted(path for path in (tmp_path / "landing").rglob("*site_visits*"))


@pytest.fixture
def expected() -> dict[str, dict[str, str | None]]:
    """Two blocks of visits."""
    rows: dict[str, dict[str, str | None]] = {}
    for block in range(2):
        for number in range(ROWS_OF_A_BLOCK):
            day = np.datetime64("2024-01-01") + number
            page = None if number % 5 == 0 else f"/söck/{number}"
            row = {"page": page, "amount": f"{number}.50", "at": f"{day}T01:00:00Z"}
            rows[f"V{block}-{number}"] = {"visit_id": f"V{block}-{number}", **row}
    return rows


def test_lines_of_json_hold_a_row_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: dict[str, object]
) -> None:
    (file,) = delivered(tmp_path, monkeypatch, Site(feed_in("ndjson")))
    assert file.relative_to(tmp_path / "landing").parts[:2] == ("site", "visits")
    assert file.suffix == ".ndjson"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {row["visit_id"]: row for row in rows} == expected


def test_an_array_holds_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: dict[str, object]
) -> None:
    (file,) = delivered(tmp_path, monkeypatch, Site(feed_in("json")))
    rows = json.loads(file.read_bytes())
    assert {row["visit_id"]: row for row in rows} == expected


def test_parquet_has_the_types_of_the_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: dict[str, dict[str, str]]
) -> None:
    monkeypatch.setattr(finishing, "LINES_AT_ONCE", 7)
    types = {"amount": "money", "at": "instant"}
    (file,) = delivered(tmp_path, monkeypatch, Site(feed_in("parquet", types=types)))
    table = parquet.read_table(file)
    assert table.schema.types == [
        pa.string(),
        pa.string(),
        pa.decimal128(14, 2),
        pa.timestamp("us", "UTC"),
    ]
    rows = {row["visit_id"]: row for row in table.to_pylist()}
    assert {key: row["page"] for key, row in rows.items()} == {
        key: row["page"] for key, row in expected.items()
    }
    assert rows["V1-3"]["amount"] == Decimal("3.50")
    assert rows["V1-3"]["at"].isoformat() == "2024-01-04T01:00:00+00:00"


def test_a_shape_makes_the_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = delivered(tmp_path, monkeypatch, Site(feed_in("ndjson", shape=nested)))
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    assert first == {"Id": "V0-0", "Seen": {"Page": None, "At": "2024-01-01T01:00:00Z"}}


@pytest.mark.parametrize(("file_format", "files"), [("ndjson", 0), ("json", 1), ("parquet", 1)])
def test_without_rows_only_formats_that_can_say_so_write_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: Format, files: int
) -> None:
    found = delivered(tmp_path, monkeypatch, Site(feed_in(file_format), rows=0))
    assert len(found) == files
    if file_format == "json":
        assert json.loads(found[0].read_bytes()) == []
    if file_format == "parquet":
        assert parquet.read_table(found[0]).num_rows == 0


def test_iso_dates_are_no_defects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivered(tmp_path, monkeypatch, Site(feed_in("json")))
    findings = (tmp_path / "truth/defects.csv").read_text(encoding="utf-8")
    assert not any(
        line.startswith("site.visits") and ",date_" in line for line in findings.splitlines()
    )


def test_variants_of_a_feed_are_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = feed_in("ndjson", variant="club", folder="visits_of_all")
    (file,) = delivered(tmp_path, monkeypatch, Site(feed))
    assert file.parent == tmp_path / "landing/visits_of_all"
    assert file.name == "site_visits_club_2025-12-31_seed42_size1000.ndjson"


@pytest.mark.parametrize("file_format", ["json", "parquet"])
def test_the_same_settings_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: Format
) -> None:
    one = delivered(tmp_path / "one", monkeypatch, Site(feed_in(file_format)), days=30)
    two = delivered(tmp_path / "two", monkeypatch, Site(feed_in(file_format)), days=30)
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
