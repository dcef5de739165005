"""Whatever dies while files are loaded: the next run loads each accepted row exactly once."""

import random
import threading
from multiprocessing import get_context
from pathlib import Path

import pytest

from customer360.database import embedded
from customer360.landing.loader import load_file
from customer360.settings import Settings
from tests.faults.conftest import await_no_leftovers
from tests.faults.deliveries import deliver, load_all, require_whole
from tests.faults.injection import Fault, random_fault, run_struck
from tests.integration.landing.conftest import Warehouse

STEPS = 75  # of the three files below; a test holds this number to the truth


@pytest.fixture
def warehouse(database: Settings, tmp_path: Path) -> Warehouse:
    """A warehouse with the feed `test.people` and nothing loaded."""
    warehouse = Warehouse(database.model_copy(update={"project_dir": tmp_path / "project"}))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    return warehouse


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
    load_file(warehouse.settings, path)
    path.write_bytes(path.read_bytes() + b"\nlast,Ann,Rome")
    _, steps = run_struck(None, lambda: load_file(warehouse.settings, path))
    path.write_bytes(path.read_bytes() + b"\nvery last,Ann,Rome")
    fault = Fault("process", steps - 3, mortal_server.data_dir)
    code, _ = run_struck(fault, lambda: load_file(warehouse.settings, path))
    assert code == -9
    await_no_leftovers(warehouse.settings)
    assert warehouse.rows("select count(*) from ops.load_batches") == [(2,)]
    assert warehouse.rows("select count(distinct _batch_id) from raw.test__people__rows") == [(2,)]


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
