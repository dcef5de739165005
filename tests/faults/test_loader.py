"""Whatever dies while files are loaded: the next run loads each accepted row exactly once."""

import json
import random
import threading
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pytest

from customer360.database import embedded
from customer360.landing.discovery import pending_files
from customer360.landing.loader import load_file
from customer360.settings import Settings
from tests.faults.conftest import await_no_leftovers
from tests.faults.injection import Fault, random_fault, run_struck
from tests.integration.landing.conftest import Warehouse

STEPS = 75  # of the three files below; a test holds this number to the truth


@dataclass
class Delivered:
    """What was put into the landing folder: for each file its good lines by key, its bad lines."""

    good: dict[tuple[str, int], str] = field(default_factory=dict)
    bad: set[tuple[str, int]] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in (*self.good, *self.bad)}


@pytest.fixture
def warehouse(database: Settings, tmp_path: Path) -> Warehouse:
    """A warehouse with the feed `test.people` and nothing loaded."""
    warehouse = Warehouse(database.model_copy(update={"project_dir": tmp_path / "project"}))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    return warehouse


def deliver(warehouse: Warehouse, rng: random.Random) -> Delivered:
    """Deliver a csv file of several blocks, one of ndjson, and a small one."""
    delivered = Delivered()
    for name, rows in (("a.csv", 6_000), ("b.ndjson", 3_000), ("c.csv", 5)):
        first = 1 if name.endswith("ndjson") else 2
        lines = [] if name.endswith("ndjson") else ["id,name,city"]
        for line in range(first, first + rows):
            key = f"{name}-{line}"
            if rng.random() < 0.01:
                delivered.bad.add((f"people/{name}", line))
                lines.append("oops")
                continue
            delivered.good[f"people/{name}", line] = key
            city = "x" * rng.randint(0, 60)
            row = {"id": key, "name": "Ann", "city": city}
            lines.append(json.dumps(row) if first == 1 else ",".join(row.values()))
        warehouse.deliver(f"people/{name}", "\n".join(lines).encode())
    return delivered


def load_all(settings: Settings) -> None:
    """Load what is pending, as the command and the DAG do."""
    for path in pending_files(settings):
        load_file(settings, path)


def require_whole(warehouse: Warehouse, delivered: Delivered) -> None:
    """Fail unless every row is where it belongs, once, and the ledger says so."""
    rows = warehouse.rows("select _file_name, _line, id from raw.test__people")
    assert len(rows) == len(delivered.good)
    assert {(name, line): key for name, line, key in rows} == delivered.good
    bad = warehouse.rows("select file_name, line from ops.quarantined_rows")
    assert len(bad) == len(delivered.bad)
    assert set(bad) == delivered.bad
    ledger = warehouse.rows(
        "select file_name, rows_in_file, rows_loaded, rows_quarantined from ops.load_batches"
    )
    assert {str(entry[0]) for entry in ledger} == delivered.names
    assert len(ledger) == len(delivered.names)
    for name, in_file, loaded, quarantined in ledger:
        assert loaded == sum(one == name for one, _ in delivered.good)
        assert quarantined == sum(one == name for one, _ in delivered.bad)
        assert in_file == loaded + quarantined  # type: ignore[operator]
    assert pending_files(warehouse.settings) == []
    await_no_leftovers(warehouse.settings)


@pytest.mark.seeds(12, 200)
def test_loader_is_struck_at_any_step(
    warehouse: Warehouse, mortal_server: Settings, seed: int
) -> None:
    rng = random.Random(seed)
    delivered = deliver(warehouse, rng)
    for _ in range(rng.randint(1, 3)):
        fault = random_fault(rng, STEPS, mortal_server.data_dir)
        run_struck(fault, lambda: load_all(warehouse.settings))
        embedded.start(mortal_server.data_dir)
    load_all(warehouse.settings)
    require_whole(warehouse, delivered)


@pytest.mark.seeds(1, 3)
def test_faults_reach_from_the_first_step_to_the_last(warehouse: Warehouse, seed: int) -> None:
    delivered = deliver(warehouse, random.Random(seed))
    code, steps = run_struck(None, lambda: load_all(warehouse.settings))
    assert code == 0
    assert abs(steps - STEPS) <= STEPS // 5
    require_whole(warehouse, delivered)


@pytest.mark.seeds(1, 10)
def test_a_killed_loader_leaves_nothing_of_its_file(
    warehouse: Warehouse, mortal_server: Settings, seed: int
) -> None:
    """The harness itself: a strike in mid-COPY is one, and the file is not there by then."""
    deliver(warehouse, random.Random(seed))
    path = warehouse.settings.landing_dir / "people/a.csv"
    _, steps = run_struck(None, lambda: load_file(warehouse.settings, path))
    path.write_bytes(path.read_bytes() + b"\nlast,Ann,Rome")
    fault = Fault("process", steps - 3, mortal_server.data_dir)
    code, _ = run_struck(fault, lambda: load_file(warehouse.settings, path))
    assert code == -9
    await_no_leftovers(warehouse.settings)
    assert warehouse.rows("select count(*) from ops.load_batches") == [(1,)]
    assert warehouse.rows("select count(distinct _batch_id) from raw.test__people__rows") == [(1,)]


@pytest.mark.seeds(2, 40)
def test_same_files_from_several_processes_at_once_one_of_which_dies(
    warehouse: Warehouse, mortal_server: Settings, seed: int
) -> None:
    rng = random.Random(seed)
    delivered = deliver(warehouse, rng)
    fork = get_context("fork")
    others = [fork.Process(target=load_all, args=(warehouse.settings,)) for _ in range(2)]
    fault = Fault("process", rng.randint(1, STEPS), mortal_server.data_dir)
    struck = threading.Thread(target=run_struck, args=(fault, lambda: load_all(warehouse.settings)))
    for one in (*others, struck):
        one.start()
    for one in (struck, *others):
        one.join(120)
    assert [one.exitcode for one in others] == [0, 0]
    load_all(warehouse.settings)
    require_whole(warehouse, delivered)
