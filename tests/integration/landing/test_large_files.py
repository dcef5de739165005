"""Memory stays flat in every format, whatever the size of the file; rows keep their numbers."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from customer360.landing.loader import load_file
from customer360.settings import Settings
from tests.integration.landing.conftest import Warehouse

ROWS = 200_000
MOST_GROWN_KIB = 48 * 1024
FILLING = "".join(chr(32 + 7 * number % 90) for number in range(400))


def rows(count: int) -> Iterator[dict[str, str | None]]:
    """Yield rows, every tenth without its key."""
    for number in range(1, count + 1):
        start = number * 31 % 200
        key = None if number % 10 == 0 else str(number)
        yield {"id": key, "name": f"{number} {FILLING[start : start + 200]}", "city": "Rome"}


def write_ndjson(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows(count))


def write_json(path: Path, count: int) -> None:
    with path.open("w") as file:
        for number, row in enumerate(rows(count)):
            file.write(("," if number else "[") + json.dumps(row))
        file.write("]")


def write_parquet(path: Path, count: int) -> None:
    """Write one row group without compression, which is the worst case."""
    table = pa.Table.from_pylist(list(rows(count)))
    parquet.write_table(table, path, row_group_size=count, use_dictionary=False, compression="none")


def peak_kib() -> int:
    """Return the most memory that this process ever held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def growth_from_small_to_large(settings: Settings, small: Path, large: Path) -> tuple[int, int]:
    """Load both files; return the rows of the second and how much its load raised the peak."""
    load_file(settings, small)
    before = peak_kib()
    return load_file(settings, large).rows_loaded, peak_kib() - before


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize(
    ("suffix", "write"),
    [("ndjson", write_ndjson), ("json", write_json), ("parquet", write_parquet)],
)
def test_memory_does_not_grow_with_the_file(
    warehouse: Warehouse, suffix: str, write: Callable[[Path, int], None]
) -> None:
    small = warehouse.deliver(f"people/small.{suffix}", b"")
    write(small, 5_000)
    large = warehouse.deliver(f"people/large.{suffix}", b"")
    write(large, ROWS)
    # In a process of its own, in which nothing else ever needed much.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        loaded, grown_kib = process.submit(
            growth_from_small_to_large, warehouse.settings, small, large
        ).result()
    assert loaded == ROWS * 9 // 10
    assert large.stat().st_size > 30_000_000
    assert grown_kib < MOST_GROWN_KIB
    assert warehouse.rows(
        "select count(*), count(*) filter (where _line = id::bigint) from raw.test__people "
        "where _file_name like '%%large%%'"
    ) == [(loaded, loaded)]
