"""Whatever bytes are delivered: each row is loaded or quarantined, or the file is rejected."""

import gzip
import json
import os
import random
from pathlib import Path

import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.landing.contracts import load_contracts
from customer360.landing.discovery import pending_files
from customer360.landing.lines import MAX_LINE_BYTES
from customer360.landing.loader import load_with
from customer360.landing.raw_tables import ensure_raw_tables
from customer360.settings import Settings
from tests.faults.conftest import is_long, make_database
from tests.integration.landing.conftest import SOURCES, Warehouse

LINES = 2_500  # of each file; a seed is as many cases
HEADER = b"id,name,city\n"
PIECES = (
    *(b"1", b"Ann", b",", b",", b'"', b'""', b"\\", b"\\N", b"\\.", b"\r", b"\t", b" ", b"\0"),
    *(b"=cmd|'/c calc'!A1", b"'; drop table raw.people; --", b"$$", b"%s", b"{}", b"\xff\xfe"),
    *(b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8"),
    *(b"\xc3\x9f", b"\xf0\x9f\x98\x80"),
)
VALUES: tuple[object, ...] = (
    *(None, True, 0, -0.0, 1.10, 10**400, 1e300, "", " ", "\0", "\ud800", "=1+1", "NaN"),
    *("9999-12-31", "0000-00-00", [], {}, [[1]], {"a": {"b": []}}, "x" * 2_000),
)
SNIPPETS = ("NaN", "Infinity", "-Infinity", "1e400", "1e-400", "1e99999999", "01", "'", "\\u12")


@pytest.fixture
def warehouse(database: Settings, tmp_path: Path) -> Warehouse:
    """A warehouse with the feed `test.people` and nothing loaded."""
    warehouse = Warehouse(database.model_copy(update={"project_dir": tmp_path / "project"}))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    return warehouse


def any_csv_line(rng: random.Random) -> bytes:
    """Return a line of the marks that csv, SQL, COPY and Unicode take for special."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.randint(0, 40)).replace(b"\n", b"")
    pieces = (rng.choice(PIECES) for _ in range(rng.randint(0, 9)))
    return b",".join((b"%d" % rng.getrandbits(40), b"".join(pieces), b""))


def any_json_line(rng: random.Random) -> bytes:
    """Return an object of odd values, sometimes damaged."""
    names = ("id", "name", "city", "ID ", "other", "", "'; --", "\0", "na\nme")
    row = {rng.choice(names): rng.choice(VALUES) for _ in range(rng.randint(0, 5))}
    row.setdefault("id", rng.getrandbits(40))
    text = json.dumps(row, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.2:
        text = text.replace("true", rng.choice(SNIPPETS)).replace('" "', rng.choice(SNIPPETS))
    if rng.random() < 0.1:
        text = "[" * rng.randint(1, 3_000) + text
    line = text.encode("utf-8", "surrogatepass")
    return line[: rng.randint(0, len(line))] if rng.random() < 0.1 else line


def load_and_check(warehouse: Warehouse, name: bytes, content: bytes) -> str:
    """Load a file of that name and return its status; fail if a row of it is lost."""
    path = Path(os.fsdecode(os.fsencode(warehouse.settings.landing_dir) + b"/people/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    contracts = load_contracts(warehouse.settings.dbt_project_dir)
    with connect(warehouse.settings, role="c360_loader") as connection:
        ensure_raw_tables(connection, contracts)
        result = load_with(connection, contracts, warehouse.settings.landing_dir, path)
    if result.status == "skipped":
        return result.status
    ((status, rows, loaded, quarantined),) = warehouse.rows(
        "select status, rows_in_file, rows_loaded, rows_quarantined from ops.load_batches "
        "where batch_id = %s",
        result.batch_id,
    )
    found = warehouse.rows(
        "select _line from raw.test__people where _batch_id = %s union all "
        "select line from ops.quarantined_rows where batch_id = %s",
        result.batch_id,
        result.batch_id,
    )
    assert rows == loaded + quarantined == len(found) == len(set(found))  # type: ignore[operator]
    return str(status)


@pytest.mark.seeds(2, 25)
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_no_line_is_lost_or_crashes_the_load(warehouse: Warehouse, kind: str, seed: int) -> None:
    rng = random.Random(f"{kind}{seed}")
    any_line = any_csv_line if kind == "csv" else any_json_line
    lines = [any_line(rng) for _ in range(LINES)]
    start = HEADER if kind == "csv" else b'{"id":0,"name":"Ann"}\n'
    assert load_and_check(warehouse, f"a.{kind}".encode(), start + b"\n".join(lines)) == "loaded"
    ((rows,),) = warehouse.rows("select rows_in_file from ops.load_batches")
    assert isinstance(rows, int)
    if kind == "ndjson":
        blank = sum(not line.strip() for line in lines)
        assert rows == LINES + 1 - blank


@pytest.mark.seeds(40, 2_000)
def test_any_file_is_loaded_or_rejected(any_warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    name = rng.randbytes(rng.randint(1, 20)).replace(b"/", b"").replace(b"\0", b"") or b"x"
    suffix = rng.choice([b".csv", b".ndjson", b".json", b".parquet", b".csv.gz", b".txt", b""])
    start = rng.choice([b"", HEADER, b"[", b"PAR1", b"\x1f\x8b\x08", b"\xff\xfe", b"\xfe\xff"])
    content = start + rng.randbytes(rng.choice([0, 1, 10, 1_000]))
    if rng.random() < 0.2:
        content = gzip.compress(content)
    if rng.random() < 0.3:
        content = HEADER.decode().encode(rng.choice(["utf-16", "utf-32", "cp037"])) + content
    if name in {b".", b".."} or len(name) > 60:
        name = b"x"
    any_warehouse.write_contract(
        SOURCES.replace(
            'files: "people/*"',
            'files: "people/*"\n              encoding: '
            + rng.choice(["utf-8", "latin-1", "utf-16", "cp1252", "utf-7", "shift_jis", "idna"]),
        )
    )
    status = load_and_check(any_warehouse, name.strip(b".") + suffix, content)
    assert status in {"loaded", "rejected", "skipped"}


@pytest.fixture(scope="module")
def any_database(mortal_server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One database for all seeds."""
    embedded.start(mortal_server.data_dir)
    return make_database(mortal_server, tmp_path_factory.mktemp("any"))


@pytest.fixture
def any_warehouse(any_database: Settings, tmp_path: Path) -> Warehouse:
    """A warehouse over the database of all seeds, with an empty landing folder."""
    paths = {"project_dir": tmp_path / "project", "data_dir": tmp_path / "data"}
    warehouse = Warehouse(any_database.model_copy(update=paths))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    return warehouse


def test_file_whose_name_is_no_text_is_rejected_and_holds_up_no_other(
    warehouse: Warehouse,
) -> None:
    assert load_and_check(warehouse, b"\xff'; --.csv", HEADER + b"1,Ann,\n") == "rejected"
    good = warehouse.deliver("people/good.csv", HEADER + b"2,Bob,\n")
    assert pending_files(warehouse.settings) == [good]
    assert warehouse.rows(
        "select file_name, message like '%%no UTF-8%%' from ops.load_batches"
    ) == [("people/\\xff'; --.csv", True)]


def test_header_of_ten_thousand_names(warehouse: Warehouse) -> None:
    names = b",".join(b'"drop table \'%d"' % number for number in range(10_000))
    content = b"id,name," + names + b"\n1,Ann" + b",x" * 10_000 + b"\n"
    assert load_and_check(warehouse, b"wide.csv", content) == "loaded"
    assert warehouse.rows("select count(*) from raw.test__people, jsonb_each(_extra)") == [
        (10_000,)
    ]
    assert load_and_check(warehouse, b"wider.csv", names + b"\n") == "rejected"


# Eight million bad rows take half a minute: only the long form has the time.
@pytest.mark.parametrize("row", [b"\n", b"0", *([b"x\n"] if is_long() else [])])
def test_gzip_bomb_is_rejected_before_it_unfolds(warehouse: Warehouse, row: bytes) -> None:
    bomb = gzip.compress(HEADER + row * (64 * 1024**2 // len(row)))
    assert load_and_check(warehouse, b"bomb.csv.gz", bomb) == "rejected"
    assert warehouse.rows("select message like '%%250 times its size%%' from ops.load_batches") == [
        (True,)
    ]


def test_longest_line_fits_into_quarantine_in_its_longest_form() -> None:
    postgres_field = 1024**3
    assert len("\\x00") * MAX_LINE_BYTES < postgres_field
