"""The disk is full while files are loaded: once there is room again, every row is there once."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import psycopg2
import pytest

from customer360.database import embedded
from customer360.settings import Settings
from tests.faults.conftest import make_database, make_server
from tests.faults.deliveries import deliver, load_all, require_whole
from tests.integration.landing.conftest import Warehouse

DISK = "size=400m"
MOST_ROOM = 1024**2


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
    filler = small_disk / "filler"
    room = rng.randint(0, MOST_ROOM) if seed else 0
    fill(filler, shutil.disk_usage(small_disk).free - room)
    try:
        with pytest.raises(psycopg2.Error) if seed == 0 else suppress(psycopg2.Error):
            load_all(warehouse.settings)
    finally:
        filler.unlink()
    embedded.start(small_disk)
    load_all(warehouse.settings)
    require_whole(warehouse, delivered)


def fill(path: Path, size: int) -> None:
    """Take so many bytes of the disk."""
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))
