"""A file is loaded once and whole, by whoever comes first; the ledger knows everything."""

import io
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psycopg2
import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.landing import loader, source_file
from customer360.landing.commands import load_files
from customer360.landing.contracts import ContractError
from customer360.landing.discovery import by_source, pending_files
from customer360.landing.loader import load_file, load_in_order
from customer360.landing.outcomes import LoadResult
from customer360.settings import Settings
from tests.integration.landing.conftest import SOURCES, Warehouse

HEADER = b"id,name,city\n"
GOOD = HEADER + b"1,Ann,Rome\n"


def test_the_same_bytes_are_loaded_once_whatever_their_name(warehouse: Warehouse) -> None:
    first = warehouse.load("people/a.csv", GOOD)
    again = load_file(warehouse.settings, warehouse.settings.landing_dir / "people/a.csv")
    renamed = warehouse.load("people/b.csv", GOOD)
    assert [r.status for r in (first, again, renamed)] == ["loaded", "skipped", "skipped"]
    assert "loaded before as people/a.csv" in renamed.message
    assert warehouse.rows("select count(*) from raw.test__people") == [(1,)]


def test_a_changed_file_under_an_old_name_is_a_new_batch(warehouse: Warehouse) -> None:
    first = warehouse.load("people/a.csv", GOOD)
    second = warehouse.load("people/a.csv", GOOD + b"2,Bob,\n")
    assert second.status == "loaded"
    assert (second.batch_id or 0) > (first.batch_id or 0)
    assert warehouse.rows(
        "select _batch_id, count(*) from raw.test__people group by 1 order by 1"
    ) == [
        (first.batch_id, 1),
        (second.batch_id, 2),
    ]


def test_raw_rows_carry_their_lineage(warehouse: Warehouse) -> None:
    result = warehouse.load("people/a.csv", GOOD)
    path = warehouse.settings.landing_dir / "people/a.csv"
    assert warehouse.rows(
        "select _file_sha256, _file_name, _line, _batch_id, _loaded_at <= now() "
        "from raw.test__people"
    ) == [(source_file.sha256_of(path), "people/a.csv", 2, result.batch_id, True)]


def test_a_rejected_file_is_tried_again_when_the_contract_changed(warehouse: Warehouse) -> None:
    rejected = warehouse.load("people/a.csv", b"id,age\n1,41\n")
    repeated = load_file(warehouse.settings, warehouse.settings.landing_dir / "people/a.csv")
    assert (repeated.status, repeated.message) == ("rejected", rejected.message)
    assert pending_files(warehouse.settings) == []
    assert warehouse.rows("select count(*) from ops.load_batches") == [(1,)]
    warehouse.write_contract(
        SOURCES.replace("[id, name]", "[id]").replace("{name: city}", "{name: age}")
    )
    assert [
        load_file(warehouse.settings, path).status for path in pending_files(warehouse.settings)
    ] == ["loaded"]
    assert warehouse.rows("select id, age from raw.test__people") == [("1", "41")]


def test_a_rejected_file_is_tried_again_when_it_changed(warehouse: Warehouse) -> None:
    warehouse.load("people/a.csv", b"")
    path = warehouse.deliver("people/a.csv", GOOD)
    assert pending_files(warehouse.settings) == [path]
    assert load_file(warehouse.settings, path).status == "loaded"


def test_a_wider_contract_widens_the_raw_table(warehouse: Warehouse) -> None:
    warehouse.load("people/a.csv", GOOD)
    warehouse.write_contract(SOURCES.replace("[{name: id}", "[{name: age}, {name: id}"))
    warehouse.load("people/b.csv", b"age,id,name\n41,2,Bob\n")
    assert warehouse.rows("select id, age from raw.test__people order by id") == [
        ("1", None),
        ("2", "41"),
    ]


def test_two_processes_load_a_file_once(warehouse: Warehouse) -> None:
    path = warehouse.deliver("people/a.csv", GOOD + b"2,Bob,\n" * 50_000)
    others = [
        warehouse.deliver(f"people/{n}.csv", GOOD + b"%d,Cid,\n" % n * 9999) for n in range(2)
    ]
    barrier = Barrier(4)

    def load(file: Path) -> LoadResult:
        barrier.wait()
        return load_file(warehouse.settings, file)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(load, [path, path, *others]))
    assert sorted(result.status for result in results) == ["loaded", "loaded", "loaded", "skipped"]
    assert warehouse.rows("select count(*) from raw.test__people") == [(50_001 + 2 * 10_000,)]
    assert warehouse.rows(  # batch ids grow in commit order
        "select bool_and(in_order) from (select finished_at > lag(finished_at, 1, '-infinity') "
        "over (order by batch_id) as in_order from ops.load_batches) as batches"
    ) == [(True,)]


def test_a_file_that_changes_while_it_is_read_is_rejected(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.load("people/before.csv", GOOD + b"3,Cid,\n")
    path = warehouse.deliver("people/a.csv", GOOD)
    chunks_of = source_file._chunks_of

    def growing(*arguments: object, **options: object) -> Iterator[bytes]:
        with path.open("ab") as file:
            file.write(b"2,Bob,\n")
        return chunks_of(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(source_file, "_chunks_of", growing)
    result = load_file(warehouse.settings, path)
    monkeypatch.undo()
    assert result.status == "rejected"
    assert "changed while it was read" in result.message
    assert warehouse.people("people/a.csv") == []
    assert load_file(warehouse.settings, path).rows_loaded == 2


def test_nothing_is_left_of_a_file_when_the_database_fails(warehouse: Warehouse) -> None:
    warehouse.load("people/a.csv", GOOD)
    with connect(warehouse.settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "alter table ops.quarantined_rows add constraint full_disk check (line <> 3)"
        )
    path = warehouse.deliver("people/b.csv", GOOD + b"2\n3,Cid,\n")
    with pytest.raises(psycopg2.errors.CheckViolation):
        load_file(warehouse.settings, path)
    assert warehouse.people("people/b.csv") == []
    assert warehouse.rows("select count(*) from ops.load_batches") == [(1,)]
    with connect(warehouse.settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute("alter table ops.quarantined_rows drop constraint full_disk")
    assert load_file(warehouse.settings, path).status == "loaded"


def test_the_ledger_refuses_an_entry_that_loses_a_row(warehouse: Warehouse) -> None:
    with (
        connect(warehouse.settings) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.CheckViolation, match="load_batches_lose_no_row"),
    ):
        cursor.execute(
            "insert into ops.load_batches (feed, file_name, status, rows_in_file, rows_loaded, "
            "rows_quarantined, started_at) values ('f', 'a', 'loaded', 3, 1, 1, now())"
        )


@pytest.mark.parametrize("role", ["c360_transformer", "c360_loader"])
def test_raw_is_read_only_but_for_the_loader(warehouse: Warehouse, role: str) -> None:
    warehouse.load("people/a.csv", GOOD)
    with connect(warehouse.settings, role=role) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from raw.test__people")
        assert cursor.fetchone() == (1,)
        if role == "c360_transformer":
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(
                    "insert into raw.test__people__rows (_line, _batch_id) values (1, 1)"
                )
        else:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("delete from ops.load_batches")


def test_pending_files_leave_out_what_is_not_meant(warehouse: Warehouse) -> None:
    wanted = warehouse.deliver("people/a.csv", GOOD)
    for name in ("people/.b.csv", "people/c.csv.tmp", ".hidden/d.csv", "people/e.csv.part"):
        warehouse.deliver(name, GOOD + name.encode())
    (wanted.parent / "link.csv").symlink_to(wanted)
    warehouse.deliver("unknown/f.csv", GOOD)
    assert pending_files(warehouse.settings) == [wanted]
    assert pending_files(warehouse.settings) == [wanted]
    assert warehouse.rows("select file_name, feed, status from ops.load_batches") == [
        ("unknown/f.csv", None, "rejected")
    ]


def test_files_of_a_system_stay_in_order_beside_those_of_others(warehouse: Warehouse) -> None:
    pets = SOURCES.replace("sources:\n", "").replace("people", "pets").replace("test\n", "zoo\n")
    warehouse.write_contract(SOURCES + pets)
    names = ("people/a.csv", "people/b.csv", "pets/a.csv", "pets/b.csv")
    paths = [warehouse.deliver(name, GOOD + name.encode()) for name in names]
    assert pending_files(warehouse.settings) == paths
    assert by_source(warehouse.settings, paths) == {"test": paths[:2], "zoo": paths[2:]}
    assert by_source(warehouse.settings, []) == {}


def test_trouble_with_a_file_holds_up_its_feed_alone(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    pets = SOURCES.replace("sources:\n", "").replace("people", "pets").replace("test\n", "zoo\n")
    warehouse.write_contract(SOURCES + pets)
    names = ("people/a.csv", "people/b.csv", "pets/a.csv")
    paths = [warehouse.deliver(name, GOOD + name.encode()) for name in names]

    def fail(settings: Settings, path: Path) -> LoadResult:
        if path == paths[0]:
            raise OSError("the disk fails")
        return load_file(settings, path)

    with monkeypatch.context() as patch:
        patch.setattr(loader, "load_file", fail)
        with pytest.raises(OSError, match="the disk fails"):
            load_in_order(warehouse.settings, paths)
    assert pending_files(warehouse.settings) == paths[:2]
    assert [one.status for one in load_in_order(warehouse.settings, paths)] == [
        *("loaded", "loaded", "skipped")
    ]


def test_a_file_elsewhere_is_loaded_under_its_whole_path(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    path = tmp_path / "people" / "a.csv"
    path.parent.mkdir()
    path.write_bytes(GOOD)
    assert load_file(warehouse.settings, path).file_name == str(path)
    other = tmp_path / "b.csv"
    other.write_bytes(GOOD + b"2,Bob,\n")
    assert load_file(warehouse.settings, other).status == "rejected"
    assert load_file(warehouse.settings, other, feed="test.people").rows_loaded == 2
    with pytest.raises(ContractError, match=r"no feed 'no.feed'; feeds are test.people"):
        load_file(warehouse.settings, other, feed="no.feed")


def test_the_command_shows_each_file_and_fails_on_a_rejected_one(warehouse: Warehouse) -> None:
    def run() -> tuple[int, str]:
        console = Console(file=io.StringIO(), width=240)
        code = load_files(warehouse.settings, [], console)
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()

    warehouse.deliver("people/a.csv", GOOD + b"2\n")
    assert run()[0] == 0
    warehouse.deliver("people/b.csv", b"")
    warehouse.deliver("elsewhere.csv", b"x")
    code, text = run()
    assert code == 1
    assert "the file is empty" in text
    assert "no feed's contract claims this file" in text
    folder = warehouse.settings.landing_dir
    assert run() == (0, f"Nothing to load: no file is new under {folder}.\n")


def test_memory_does_not_grow_with_the_file(warehouse: Warehouse) -> None:
    row = b"%d,Ann," + b"x" * 200 + b"\n2\n"
    warehouse.load("people/small.csv", HEADER + b"".join(row % n for n in range(20_000)))
    path = warehouse.deliver("people/large.csv", HEADER)
    with path.open("ab") as file:
        for start in range(0, 400_000, 10_000):
            file.write(b"".join(row % n for n in range(start, start + 10_000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = load_file(warehouse.settings, path)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (result.rows_loaded, result.rows_quarantined) == (400_000, 400_000)
    assert path.stat().st_size > 80_000_000
    assert grown_kib < 24 * 1024
