"""Parquet keeps the loader's promises: types become text, bad rows wait, bad files say why."""

import datetime as dt
import gzip
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

import psycopg2
import pyarrow as pa
import pytest
from pyarrow import parquet

from customer360.database.connection import connect
from customer360.landing import parquet_format
from customer360.landing.contracts import load_contracts
from customer360.landing.loader import load_file
from customer360.landing.replay import replay_all
from tests.integration.landing.conftest import SOURCES, Warehouse

ZURICH = dt.timezone(dt.timedelta(hours=1))


def parquet_bytes(columns: Mapping[str, object], **options: object) -> bytes:
    file = io.BytesIO()
    arrays = {
        name: values if isinstance(values, pa.Array) else pa.array(values)
        for name, values in columns.items()
    }
    parquet.write_table(pa.table(arrays), file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def people(ids: Sequence[object], names: Sequence[object], **more: object) -> bytes:
    return parquet_bytes({"id": ids, "name": names, **more})


GOOD = people(["1", "2"], ["Ann", "Zoë"], city=["Rome", None])


def test_rows_load_with_their_numbers(warehouse: Warehouse) -> None:
    result = warehouse.load("people/a.parquet", GOOD)
    assert (result.status, result.message, result.rows_loaded) == ("loaded", "", 2)
    assert warehouse.people("people/a.parquet") == [(1, "1", "Ann", "Rome"), (2, "2", "Zoë", None)]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([7], pa.int16()), "7"),
        (pa.array([2**63], pa.uint64()), "9223372036854775808"),
        (pa.array([7.0]), "7"),
        (pa.array([0.1]), "0.1"),
        (pa.array([Decimal("1.10")], pa.decimal128(12, 2)), "1.10"),
        (pa.array([Decimal("-0.05")], pa.decimal256(40, 2)), "-0.05"),
        (pa.array([True]), "true"),
        (pa.array([dt.date(2024, 1, 15)]), "2024-01-15"),
        (pa.array([dt.datetime(2024, 1, 15, 14, 30)]), "2024-01-15 14:30:00"),  # noqa: DTZ001
        (pa.array([dt.datetime(2024, 1, 15, 14, 30, 0, 500)]), "2024-01-15 14:30:00.000500"),  # noqa: DTZ001
        (pa.array([dt.datetime(2024, 1, 15, 0, 30, tzinfo=ZURICH)]), "2024-01-14 23:30:00Z"),
        (
            pa.array([1_705_329_000_000_000_000], pa.timestamp("ns", "Europe/Zurich")),
            "2024-01-15 14:30:00Z",
        ),
        (pa.array([dt.time(14, 30)]), "14:30:00"),
        (pa.array(["Zoë"], pa.large_string()), "Zoë"),
        (pa.array(["Zoë"]).dictionary_encode(), "Zoë"),
        (pa.array(["Zoë".encode()], pa.binary()), "Zoë"),
        (pa.array([b"abcd"], pa.binary(4)), "abcd"),
        (pa.array([""]), ""),
        (pa.array(['a "b",\n c']), 'a "b",\n c'),
        (pa.array([None], pa.null()), None),
        (pa.array([{"street": "Via 1", "since": dt.date(2024, 1, 1)}]), None),
        (pa.array([["x", None]]), '["x", null]'),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_every_type_becomes_text(warehouse: Warehouse, column: pa.Array, text: str | None) -> None:
    if pa.types.is_struct(column.type):
        text = '{"since": "2024-01-01", "street": "Via 1"}'
        column = pa.array([{"since": dt.date(2024, 1, 1), "street": "Via 1"}])
    result = warehouse.load("people/a.parquet", people([1], column))
    assert (result.status, result.message) == ("loaded", "")
    assert warehouse.people("people/a.parquet") == [(1, "1", text, None)]


def test_bad_rows_are_set_aside_and_the_others_load(warehouse: Warehouse) -> None:
    names = pa.array([b"Ann", b"B\xeb", b"C\0d", b"x" * 2_000_000, b"Eve", b"Fay"]).cast(
        pa.binary()
    )
    content = people(["1", "2", "3", "4", "\u200b ", None], names, pet=list("abcdef"))
    result = warehouse.load("people/a.parquet", content)
    assert warehouse.people("people/a.parquet") == [(1, "1", "Ann", None)]
    bad = warehouse.quarantined("people/a.parquet")
    assert [(row, reason) for row, reason, _, _ in bad] == [
        (2, "undecodable"),
        (3, "nul_byte"),
        (4, "oversized_field"),
        (5, "empty_key"),
        (6, "empty_key"),
    ]
    assert bad[0][3] == '{"id": "2", "name": "B\\\\xeb", "pet": "b"}'
    assert "first on row 2" in result.message
    assert (result.rows_in_file, result.rows_loaded, result.rows_quarantined) == (6, 1, 5)
    assert result.unknown_columns == ("pet",)
    assert warehouse.rows("select _extra from raw.test__people") == [({"pet": "a"},)]


def test_a_text_column_that_is_no_utf8_loses_no_other_row(warehouse: Warehouse) -> None:
    names = pa.array([b"Ann", b"B\xeb"], pa.binary()).view(pa.string())  # as careless writers do
    warehouse.load("people/a.parquet", people(["1", "2"], names))
    assert warehouse.people("people/a.parquet") == [(1, "1", "Ann", None)]
    assert [row[:2] for row in warehouse.quarantined("people/a.parquet")] == [(2, "undecodable")]


def test_rows_are_numbered_through_batches_and_row_groups(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_format, "ROWS_AT_ONCE", 3)
    numbers = list(range(1, 21))
    content = parquet_bytes({"id": numbers, "name": list(map(str, numbers))}, row_group_size=7)
    assert warehouse.load("people/a.parquet", content).rows_loaded == 20
    assert [row[:2] for row in warehouse.people("people/a.parquet")] == [
        (number, str(number)) for number in numbers
    ]


def test_a_file_without_rows_loads(warehouse: Warehouse) -> None:
    empty = people(pa.array([], pa.string()), pa.array([], pa.string()))
    result = warehouse.load("people/a.parquet", empty)
    assert (result.status, result.rows_in_file, result.message) == ("loaded", 0, "")


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_every_usual_compression_is_read(warehouse: Warehouse, compression: str) -> None:
    content = parquet_bytes({"id": [1], "name": ["Ann"]}, compression=compression)
    assert warehouse.load("people/a.pq", content).rows_loaded == 1


def damaged(content: bytes) -> bytes:
    """Overwrite the first page with something else, and keep the footer."""
    return content[:4] + b"\xff" * 40 + content[44:]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.parquet", b"", ("is empty", "again")),
        ("a.parquet", b"id,name\n2,Bob\n", ("not Parquet",)),
        ("a.parquet.gz", gzip.compress(GOOD), ("not Parquet", "without .gz")),
        ("a.parquet", GOOD[: len(GOOD) // 2], ("truncated or damaged", "again")),
        ("a.parquet", damaged(GOOD), ("truncated or damaged", "again")),
        ("a.parquet", parquet_bytes({"id": [1], "nome": ["x"]}), ("missing: name", "'nome' meant")),
        ("a.parquet", parquet_bytes({"a": [1]}), ("not that of test.people",)),
        ("a.parquet", parquet_bytes({"id": [1], "ID ": [2], "name": [3]}), ("more than once",)),
        ("a.csv", GOOD, ("Parquet, not text",)),
    ],
)
def test_files_that_break_the_contract_are_rejected_whole(
    warehouse: Warehouse, name: str, content: bytes, says: tuple[str, ...]
) -> None:
    before = warehouse.load("people/before.csv", b"id,name\n1,Ann\n")
    result = warehouse.load(f"people/{name}", content)
    assert (before.status, result.status) == ("loaded", "rejected")
    assert all(part in result.message for part in (result.file_name, *says))
    assert warehouse.people(result.file_name) == []
    assert warehouse.rows("select count(*) from raw.test__people") == [(1,)]


@pytest.mark.parametrize("place", ["page header", "values"])
def test_damage_further_on_leaves_nothing(warehouse: Warehouse, place: str) -> None:
    columns = {"id": list(range(5_000)), "name": [f"name {number}" for number in range(5_000)]}
    content = parquet_bytes(
        columns,
        row_group_size=1_000,
        use_dictionary=False,
        compression="none",
        write_page_checksum=True,
    )
    groups = parquet.ParquetFile(io.BytesIO(content)).metadata
    header = groups.row_group(4).column(1).data_page_offset
    start = header if place == "page header" else content.index(b"name 4500")
    broken = content[:start] + b"\xff" * 4 + content[start + 4 :]
    result = warehouse.load("people/a.parquet", broken)
    assert (result.status, result.rows_loaded) == ("rejected", 0)
    assert "truncated or damaged" in result.message
    assert warehouse.rows("select to_regclass('raw.test__people__rows')") == [(None,)]


def test_a_file_that_changes_while_it_is_read_is_rejected(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = warehouse.deliver("people/a.parquet", GOOD)
    texts_of = parquet_format.texts_of

    def meddling(column: pa.Array) -> list[bytes | None]:
        with path.open("ab") as file:
            file.write(b"x")
        return texts_of(column)

    monkeypatch.setattr(parquet_format, "texts_of", meddling)
    result = load_file(warehouse.settings, path)
    assert result.status == "rejected"
    assert "changed while it was read" in result.message


def test_quarantined_rows_are_released_when_the_contract_allows(warehouse: Warehouse) -> None:
    warehouse.load("people/a.parquet", people(["1", "2", "3"], ["Ann", "x" * 2_000_000, "Cid"]))
    options = 'files: "people/*"\n              max_field_bytes: 3000000'
    warehouse.write_contract(SOURCES.replace('files: "people/*"', options))
    contracts = load_contracts(warehouse.settings.dbt_project_dir)
    with connect(warehouse.settings, role="c360_loader") as connection:
        (result,) = replay_all(connection, contracts, warehouse.settings.landing_dir)
    assert (result.status, result.rows_loaded) == ("replayed", 1)
    assert [row[:2] for row in warehouse.people("people/a.parquet")] == [
        (1, "1"),
        (2, "2"),
        (3, "3"),
    ]


def test_trouble_of_the_disk_is_no_fault_of_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_column: pa.Array) -> list[bytes | None]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(parquet_format, "texts_of", failing)
    with pytest.raises((OSError, psycopg2.Error)):
        warehouse.load("people/a.parquet", GOOD)
    assert warehouse.rows("select count(*) from ops.load_batches") == [(0,)]
