"""Extracts hold what was published and what the role may read, whole or not at all."""

import csv
import hashlib
import json
import stat
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from customer360.exporting import exporter, mart_files
from customer360.exporting.commands import export_marts
from customer360.exporting.exporter import export
from customer360.exporting.outcomes import (
    ExportBusy,
    NothingPublished,
    UnknownReader,
    UnreadableValue,
)
from customer360.exporting.snapshot import open_snapshot
from customer360.publishing.publisher import publish, rollback
from tests.integration.publishing.conftest import RULES, Shop

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def publish_generation(shop: Shop, generation: int, **values: int) -> int:
    """Build and publish; return the publication's id."""
    shop.build(generation, **values)
    return publish(shop.settings, rules=RULES).publication_id


def replace_live_mart(shop: Shop, name: str, query: str, open_columns: str) -> None:
    """Put another table in the place of a published mart, as a later dbt model would."""
    shop.execute(
        f"""
        drop table warehouse.{name} cascade;
        create table warehouse.{name} as {query};
        grant select on warehouse.{name} to c360_pii;
        grant select ({open_columns}) on warehouse.{name} to c360_bi;
        """
    )


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_extract_is_what_was_published_in_both_formats(shop: Shop) -> None:
    publication_id = publish_generation(shop, 1, rows=7)
    done = export(shop.settings, NOW)
    assert done.directory == shop.settings.data_dir / "exports" / f"{publication_id:06d}"
    expected = [{"generation": "1", "id": str(n)} for n in range(1, 8)]
    assert csv_rows(done.directory / "customers.csv") == expected
    table = pq.read_table(done.directory / "transactions.parquet")
    assert table.to_pylist() == [{"generation": 1, "id": n} for n in range(1, 8)]
    assert (done.directory.parent / "latest").resolve() == done.directory.resolve()


def test_manifest_tells_rows_columns_and_digests(shop: Shop) -> None:
    shop.build(1, rows=7)
    shop.execute("comment on column warehouse_next.customers.id is 'Key of the customer.'")
    publication = publish(shop.settings, rules=RULES)
    directory = export(shop.settings, NOW).directory
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["publication_id"] == publication.publication_id
    assert manifest["build_id"] == publication.build_id
    assert manifest["role"] == "c360_bi"
    assert manifest["exported_at"] == "2026-01-02T03:04:00+00:00"
    assert [mart["name"] for mart in manifest["marts"]] == ["customers", "transactions"]
    customers = manifest["marts"][0]
    assert customers["rows"] == publication.table_rows["customers"] == 7
    assert customers["columns"] == [
        {"name": "generation", "type": "integer", "description": ""},
        {"name": "id", "type": "integer", "description": "Key of the customer."},
    ]
    assert customers["withheld_columns"] == ["amount"]
    files = [file for mart in manifest["marts"] for file in mart["files"]]
    assert {file["name"] for file in files} | {"manifest.json"} == {
        path.name for path in directory.iterdir()
    }
    for file in files:
        content = (directory / file["name"]).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_personal_data_leaves_only_for_the_role_that_may_read_it(shop: Shop) -> None:
    publish_generation(shop, 1)
    open_extract = export(shop.settings, NOW)
    assert "amount" not in pq.read_schema(open_extract.directory / "customers.parquet").names
    assert "amount" not in csv_rows(open_extract.directory / "customers.csv")[0]
    private = export(shop.settings, NOW, role="c360_pii")
    assert csv_rows(private.directory / "customers.csv")[0]["amount"] == "5.00"
    assert stat.S_IMODE(private.directory.stat().st_mode) == 0o700
    assert private.directory != open_extract.directory
    with pytest.raises(UnknownReader, match="the readers are c360_bi, c360_pii"):
        export(shop.settings, NOW, role="c360_operator")


def test_mart_without_a_readable_column_is_left_out(shop: Shop) -> None:
    publish_generation(shop, 1)
    shop.execute("revoke all on warehouse.customers from c360_bi")
    shop.execute("revoke select (generation, id) on warehouse.customers from c360_bi")
    done = export(shop.settings, NOW)
    assert [mart["name"] for mart in done.manifest["marts"]] == ["transactions"]
    assert not (done.directory / "customers.csv").exists()


VALUES = r"""
    select id, remark, amount::numeric(14, 2) as amount, is_open, day, instant, share, payload
    from (values
        (1, '=HYPERLINK("http://x")', 12.30, true, date '2024-02-29',
         timestamptz '2024-01-01 00:30:00+01', 0.1::float8, '{"a": 1}'::jsonb),
        (2, E'a "quoted",\nbroken line ä', -0.05, false, date '1990-01-01',
         timestamptz '2024-01-01 12:00:00.123456+00', 1e300, '[]'),
        (3, '', null, null, null, null, null, null),
        (4, null, 123456789012.99, true, null, null, null, null)
    ) as hard (id, remark, amount, is_open, day, instant, share, payload)
"""


def test_values_keep_their_types_and_formulas_lose_their_teeth(shop: Shop) -> None:
    publish_generation(shop, 1)
    columns = "id, remark, amount, is_open, day, instant, share, payload"
    replace_live_mart(shop, "customers", VALUES, columns)
    directory = export(shop.settings, NOW).directory
    table = pq.read_table(directory / "customers.parquet")
    assert table.schema.field("amount").type == pa.decimal128(14, 2)
    first, second, third, fourth = table.to_pylist()
    assert first == {
        "id": 1,
        "remark": '=HYPERLINK("http://x")',
        "amount": Decimal("12.30"),
        "is_open": True,
        "day": date(2024, 2, 29),
        "instant": datetime(2023, 12, 31, 23, 30, tzinfo=UTC),
        "share": 0.1,
        "payload": '{"a": 1}',
    }
    assert second["instant"] == datetime(2024, 1, 1, 12, microsecond=123456, tzinfo=UTC)
    assert (third["remark"], fourth["remark"]) == ("", None)
    assert fourth["amount"] == Decimal("123456789012.99")

    rows = csv_rows(directory / "customers.csv")
    assert rows[0]["remark"] == '\'=HYPERLINK("http://x")'
    assert rows[1]["remark"] == 'a "quoted",\nbroken line ä'
    assert rows[1]["amount"] == "-0.05"  # a number is no formula
    lines = (directory / "customers.csv").read_text().splitlines()
    assert lines[-2:] == ['3,"",,,,,,', "4,,123456789012.99,true,,,,"]  # an empty text is not none


def test_value_that_fits_no_type_is_named_and_leaves_nothing_behind(shop: Shop) -> None:
    publish_generation(shop, 1)
    before = export(shop.settings, NOW, role="c360_pii")
    replace_live_mart(shop, "transactions", "select date 'infinity' as day", "day")
    with pytest.raises(UnreadableValue, match=r"transactions\.day"):
        export(shop.settings, NOW)
    folders = [path.name for path in before.directory.parent.iterdir() if path.is_dir()]
    assert sorted(folders) == [before.directory.name, f"latest-{before.manifest['role']}"]


def test_failed_write_leaves_no_folder_and_the_last_extract_in_place(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_generation(shop, 1)
    first = export(shop.settings, NOW)
    publish_generation(shop, 2)

    def full_disk(path: Path, file_format: str) -> mart_files.ExtractFile:
        raise OSError(28, "No space left on device", str(path), None, file_format)

    monkeypatch.setattr(mart_files, "_written", full_disk)
    console = Console(record=True, width=200)
    assert export_marts(shop.settings, console, NOW, role="c360_bi", output=None) == 1
    assert "No space left on device" in console.export_text()
    names = {path.name for path in first.directory.parent.iterdir()}
    assert names == {".lock", "latest", first.directory.name}
    assert (first.directory.parent / "latest").resolve() == first.directory.resolve()


def test_remains_of_a_killed_export_are_no_obstacle(shop: Shop) -> None:
    publication_id = publish_generation(shop, 1)
    remains = shop.settings.exports_dir / f".{publication_id:06d}.partial"
    remains.mkdir(parents=True)
    (remains / "customers.csv").write_text("half")
    assert export(shop.settings, NOW).is_new
    assert not remains.exists()


def test_publication_is_exported_once(shop: Shop) -> None:
    publish_generation(shop, 1)
    first = export(shop.settings, NOW)
    again = export(shop.settings, datetime(2027, 1, 1, tzinfo=UTC))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.manifest == first.manifest


def test_newest_extracts_of_each_role_are_kept(shop: Shop) -> None:
    settings = shop.settings.model_copy(update={"exports_kept": 2})
    publish_generation(shop, 1)
    private = export(settings, NOW, role="c360_pii").directory
    others = settings.exports_dir / "of-somebody-else"
    others.mkdir()
    directories = [export(settings, NOW).directory]
    for generation in (2, 3):
        publish_generation(shop, generation)
        directories.append(export(settings, NOW).directory)
    assert [directory.exists() for directory in directories] == [False, True, True]
    assert private.exists()
    assert others.exists()


def test_rollback_is_a_publication_to_export(shop: Shop) -> None:
    publish_generation(shop, 1)
    publish_generation(shop, 2)
    rollback(shop.settings)
    done = export(shop.settings, NOW)
    assert done.manifest["kind"] == "rollback"
    assert csv_rows(done.directory / "customers.csv")[0]["generation"] == "1"


def test_export_sees_one_generation_and_holds_up_no_publication(shop: Shop) -> None:
    publish_generation(shop, 1, rows=120_000)
    shop.build(2, rows=120_000)
    with open_snapshot(shop.settings, "c360_bi") as snapshot:
        customers, transactions = snapshot.marts
        batches = snapshot.batches(customers)
        generations = set(next(batches)["generation"].to_pylist())
        publish(shop.settings, rules=RULES)
        assert shop.generation() == 2
        for batch in (*batches, *snapshot.batches(transactions)):
            generations |= set(batch["generation"].to_pylist())
    assert generations == {1}
    assert snapshot.publication.build_id == "build-1"


def test_two_exports_do_not_write_into_one_folder(shop: Shop) -> None:
    publish_generation(shop, 1)
    shop.settings.exports_dir.mkdir(parents=True)
    with (
        exporter._one_at_a_time(shop.settings.exports_dir),
        pytest.raises(ExportBusy, match="try again"),
    ):
        export(shop.settings, NOW)


def test_nothing_published_is_said(shop: Shop) -> None:
    with pytest.raises(NothingPublished, match="customer360 publish"):
        export(shop.settings, NOW)
    console = Console(record=True, width=200)
    assert export_marts(shop.settings, console, NOW, role="c360_bi", output=None) == 1
    assert export_marts(shop.settings, console, NOW, role="me", output=None) == 2


def test_command_says_what_lies_where(shop: Shop, tmp_path: Path) -> None:
    publish_generation(shop, 1, rows=7)
    console = Console(record=True, width=300)
    output = tmp_path / "elsewhere"
    assert export_marts(shop.settings, console, NOW, role="c360_bi", output=output) == 0
    text = console.export_text()
    assert "Exported publication 1 as c360_bi reads it: 2 marts, 14 rows" in text
    assert str(output / "000001") in text
