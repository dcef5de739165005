"""The disk is full while files are loaded or marts built: with room again, nothing is amiss."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import psycopg2
import pytest

from customer360.database import embedded
from customer360.publishing.publisher import publish
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed
from tests.faults.conftest import make_database, make_server
from tests.faults.deliveries import deliver, load_all
from tests.faults.deliveries import require_whole as require_every_row
from tests.faults.injection import until_done
from tests.faults.shop import RULES, build, column, make_shop, require_whole
from tests.integration.landing.conftest import Warehouse

DISK = "size=400m"
MOST_ROOM = 1024**2
BUILD_ERRORS = (DbtFailed, psycopg2.Error)  # the build's own notes need room as well


@pytest.fixture(scope="module")
def small_disk() -> Iterator[Path]:
    """A file system of its own, in memory, which holds little."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk is a tmpfs, which only root may mount, on Linux")
    directory = Path(mkdtemp(prefix="c360-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", directory], check=False)
    if mounted.returncode != 0:
        directory.rmdir()
        pytest.skip("this container may not mount a tmpfs")
    directory.chmod(0o755)
    yield directory
    embedded.stop(directory)
    subprocess.run(["umount", directory], check=True)
    directory.rmdir()


@pytest.fixture(scope="module")
def cramped_server(small_disk: Path) -> Settings:
    """A server whose data lie on the small disk."""
    return make_server(small_disk)


@pytest.mark.seeds(2, 30)
def test_disk_is_full_while_files_are_loaded(
    cramped_server: Settings, small_disk: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    settings = make_database(cramped_server, tmp_path / "data")
    warehouse = Warehouse(settings.model_copy(update={"project_dir": tmp_path / "project"}))
    warehouse.write_contract()
    warehouse.settings.landing_dir.mkdir(parents=True)
    delivered = deliver(warehouse, rng)
    with full(small_disk, rng.randint(0, MOST_ROOM) if seed else 0), failing(seed, psycopg2.Error):
        load_all(warehouse.settings)
    embedded.start(small_disk)
    load_all(warehouse.settings)
    require_every_row(warehouse, delivered)


@pytest.mark.seeds(2, 30)
def test_disk_is_full_while_marts_are_built(
    cramped_server: Settings, small_disk: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    settings = make_shop(make_database(cramped_server, tmp_path / "data"), tmp_path)
    with full(small_disk, rng.randint(0, MOST_ROOM) if seed else 0), failing(seed, *BUILD_ERRORS):
        build(settings)
    embedded.start(small_disk)
    assert column(settings, "select id from warehouse.people") == [1]  # readers keep what they had
    until_done(partial(build, settings))
    publish(settings, rules=RULES)
    require_whole(settings)


def failing(seed: int, *errors: type[Exception]) -> AbstractContextManager[object]:
    """Demand an error where there is no room at all, and allow it where there is little."""
    return pytest.raises(errors) if seed == 0 else suppress(*errors)


@contextmanager
def full(disk: Path, room: int) -> Iterator[None]:
    """Leave so many bytes of the disk meanwhile."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(disk).free - room, 1))
    try:
        yield
    finally:
        filler.unlink()
