"""Rows leave quarantine when the contract or the parser was mended, each once."""

import io

from rich.console import Console

from customer360.landing.commands import load_files
from tests.integration.landing.conftest import SOURCES, Warehouse

LATIN = "id,name,city\n1,Ann,Rome\n2,Zoë,Köln\n3\n".encode("latin-1")


def retry(warehouse: Warehouse) -> str:
    console = Console(file=io.StringIO(), width=240)
    load_files(warehouse.settings, [], console, retry_quarantined=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def mend(warehouse: Warehouse) -> None:
    warehouse.write_contract(SOURCES.replace("format:", "encoding: latin-1\n              format:"))


def test_rows_that_are_good_now_are_loaded_once_in_a_batch_of_their_own(
    warehouse: Warehouse,
) -> None:
    first = warehouse.load("people/a.csv", LATIN)
    assert (first.rows_loaded, first.rows_quarantined) == (1, 2)
    assert "0 rows left quarantine" in retry(warehouse)
    mend(warehouse)
    assert "1 rows left quarantine" in retry(warehouse)
    assert "0 rows left quarantine" in retry(warehouse)
    batches = warehouse.rows(
        "select batch_id, status, rows_in_file, rows_loaded, rows_quarantined "
        "from ops.load_batches order by batch_id"
    )
    (_, *loaded), (replayed_id, *replayed) = batches
    assert loaded == ["loaded", 3, 1, 2]
    assert replayed == ["replayed", 1, 1, 0]
    assert warehouse.rows(
        "select _line, name, city, _file_name, _batch_id from raw.test__people"
    ) == [
        (2, "Ann", "Rome", "people/a.csv", first.batch_id),
        (3, "Zoë", "Köln", "people/a.csv", replayed_id),
    ]
    assert warehouse.rows(
        "select line, released_by_batch_id from ops.quarantined_rows order by line"
    ) == [(3, replayed_id), (4, None)]


def test_a_file_that_was_replaced_is_not_mixed_up_with_its_rows(warehouse: Warehouse) -> None:
    warehouse.load("people/a.csv", LATIN)
    mend(warehouse)
    warehouse.deliver("people/a.csv", b"id,name\n8,New\n9,New\n")
    assert "no longer holds the bytes" in retry(warehouse)
    assert warehouse.rows("select id from raw.test__people order by id") == [("1",), ("8",), ("9",)]
