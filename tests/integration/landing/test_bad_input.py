"""Every way in which a file can be bad ends in a load, a quarantine or a rejection that helps."""

import pytest

from customer360.landing.loader import load_file
from tests.integration.landing.bad_input_cases import (
    GOOD,
    LOADED,
    QUARANTINED,
    REJECTED,
    Case,
    around,
)
from tests.integration.landing.conftest import Warehouse


def by_id(case: Case) -> str:
    return case.id


@pytest.mark.parametrize("case", LOADED, ids=by_id)
def test_odd_but_good_files_load_whole(warehouse: Warehouse, case: Case) -> None:
    result = warehouse.load(f"people/{case.name}", case.content)
    assert (result.status, result.message) == ("loaded", "")
    assert warehouse.people(result.file_name) == case.rows
    assert (result.rows_in_file, result.rows_loaded, result.rows_quarantined) == (
        len(case.rows),
        len(case.rows),
        0,
    )


@pytest.mark.parametrize("case", QUARANTINED, ids=by_id)
def test_bad_rows_are_set_aside_and_the_others_load(warehouse: Warehouse, case: Case) -> None:
    result = warehouse.load(f"people/{case.name}", case.content)
    assert result.status == "loaded"
    assert warehouse.people(result.file_name) == case.rows
    bad = warehouse.quarantined(result.file_name)
    assert [(line, reason) for line, reason, _, _ in bad] == case.quarantined
    assert all(part in str(bad[0][2]) for part in case.says)
    assert f"{result.file_name}: {len(bad)} of {result.rows_in_file} rows" in result.message
    numbered_by = "row" if case.name.endswith(".json") else "line"
    assert f"first on {numbered_by} {case.quarantined[0][0]}" in result.message
    assert warehouse.rows(
        "select rows_in_file, rows_loaded, rows_quarantined from ops.load_batches"
    ) == [(len(case.rows) + len(bad), len(case.rows), len(bad))]


def test_a_quarantined_row_is_kept_whole(warehouse: Warehouse) -> None:
    warehouse.load("people/a.csv", around(b"2,Bob," + b"x" * 50_000_000))
    warehouse.load("people/b.csv", around(b"2,B\xebb\0," + "ö".encode()))
    ((size,),) = warehouse.rows(
        "select length(row_text) from ops.quarantined_rows where file_name like '%%a.csv'"
    )
    assert size == 50_000_006
    assert warehouse.quarantined("people/b.csv")[0][3] == "2,B\\xebb\\x00,ö"


@pytest.mark.parametrize("case", REJECTED, ids=by_id)
def test_files_that_break_the_contract_are_rejected_whole(warehouse: Warehouse, case: Case) -> None:
    before = warehouse.load("people/before.csv", GOOD + b"3,Cid,\n")
    result = warehouse.load(f"people/{case.name}", case.content)
    after = warehouse.load("people/after.csv", GOOD + b"2,Bob,\n")
    assert (before.status, result.status, after.status) == ("loaded", "rejected", "loaded")
    assert all(part in result.message for part in (result.file_name, *case.says))
    assert warehouse.people(result.file_name) == []
    assert warehouse.quarantined(result.file_name) == []
    assert warehouse.rows(
        "select status, rows_in_file, message from ops.load_batches where file_name = %s",
        result.file_name,
    ) == [("rejected", 0, result.message)]


def test_a_missing_file_is_rejected(warehouse: Warehouse) -> None:
    result = load_file(warehouse.settings, warehouse.settings.landing_dir / "people/none.csv")
    assert result.status == "rejected"
    assert result.message == (
        "people/none.csv: there is no such file. Check the name, or deliver the file."
    )


def test_unknown_columns_are_kept_and_reported(warehouse: Warehouse) -> None:
    csv = warehouse.load("people/a.csv", b'id,name,Age,pet\n1,Ann,41,\n2,Bob,"4""2",""\n')
    json = warehouse.load("people/a.ndjson", b'{"id":3,"name":"Cid","pet":{"kind":"cat"}}\n')
    assert (csv.unknown_columns, json.unknown_columns) == (("Age", "pet"), ("pet",))
    assert "columns unknown to the contract: Age, pet" in csv.message
    assert warehouse.rows("select id, _extra from raw.test__people order by id") == [
        ("1", {"Age": "41", "pet": None}),
        ("2", {"Age": '4"2', "pet": ""}),
        ("3", {"pet": {"kind": "cat"}}),
    ]
    assert warehouse.rows("select unknown_columns from ops.load_batches order by batch_id") == [
        (["Age", "pet"],),
        (["pet"],),
    ]


def test_a_declared_encoding_and_delimiter_are_used(warehouse: Warehouse) -> None:
    text = warehouse.contract_file.read_text()
    options = "files: \"people/*\"\n              encoding: cp1252\n              delimiter: ';'"
    warehouse.write_contract(text.replace('files: "people/*"', options))
    result = warehouse.load("people/a.csv", b"id;name;city\n1;Zo\xeb;a,b\n2;B\x81b;\n")
    assert warehouse.people("people/a.csv") == [(2, "1", "Zoë", "a,b")]
    ((line, reason, detail, row_text),) = warehouse.quarantined("people/a.csv")
    assert (line, reason, row_text) == (3, "undecodable", "2;B\\x81b;")
    assert "byte 0x81 at character 4 is no cp1252" in str(detail)
    assert result.rows_in_file == 2
