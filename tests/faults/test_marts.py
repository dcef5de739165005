"""Whatever dies on the way from files to readers: the marts are those of a run undisturbed.

The real project over generated files, twice from the same start. Once nothing happens; then load,
build and publication are struck, and each is run again as Airflow or a person would. Afterwards
every table holds the same rows. The long form is of all marts, as readers see them; the short one
has time for a few marts, before their publication.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from psycopg2.sql import SQL, Identifier
from pydantic import SecretStr

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.lifetime.step import prepare_models
from customer360.publishing.publisher import live_publication, publish
from customer360.settings import Settings
from customer360.transformation.build import build_lock, new_build_id, run_locked_layer
from customer360.transformation.dbt_runner import DbtFailed
from customer360.transformation.events import Event
from customer360.transformation.layers import LAYERS, Layer
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.faults.conftest import await_no_leftovers, is_long, make_database
from tests.faults.deliveries import load_all
from tests.faults.injection import random_fault, run_struck, until_done
from tests.faults.test_builds import strike

CUSTOMERS = 100
KEY = SecretStr("c3" * 32)  # of pseudonyms, which both runs have to share
# When a run saw or loaded something, and the number of a load, which has gaps where one died: all
# of the run and not of the business.
OF_THE_RUN = {
    ("customer_segments_history", "recorded_at"),
    ("data_quality_issues", "batch_id"),
    ("data_quality_issues", "loaded_at"),
    ("dim_customers_history", "recorded_at"),
}
_COLUMNS = """
    select table_name, column_name from information_schema.columns
    where table_schema = %s order by table_name, ordinal_position
"""
_CHECKSUM = """
    select count(*) || ' rows ' || md5(coalesce(string_agg(line, '' order by line), ''))
    from (select md5(row({columns})::text) as line from {table}) as lines
"""


class FewMarts(Layer):
    """Some marts and all that they read, without tests, in one dbt command."""

    def arguments(
        self, selection: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return the arguments of dbt."""
        chosen = ("build", "--select", *(selection or self.selection), *excluded)
        return (*chosen, "--exclude-resource-type", "test", "unit_test")


FEW = FewMarts("few", ("+customer_rfm", "+dim_customers_history"))


def checksums(settings: Settings) -> dict[str, str]:
    """Return rows and checksum of each mart: of all columns but those of the run, and of each."""
    schema = "warehouse" if is_long() else "warehouse_next"
    found = {}
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [schema])
        marts: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            if (table, column) not in OF_THE_RUN:
                marts.setdefault(table, []).append(column)
        for table, names in marts.items():
            for name, chosen in [(table, names), *((f"{table}.{one}", [one]) for one in names)]:
                columns = SQL(", ").join(map(Identifier, chosen))
                query = SQL(_CHECKSUM).format(columns=columns, table=Identifier(schema, table))
                cursor.execute(query)
                ((found[name],),) = cursor.fetchall()
    return found


def build(settings: Settings, on_event: Callable[[Event], None] | None = None) -> None:
    """Build as `customer360 build` does."""
    build_id = new_build_id()
    with build_lock(settings) as lock:
        for layer in LAYERS if is_long() else (FEW,):
            if layer.reads_models:
                prepare_models(settings, build_id)
            run_locked_layer(settings, layer, build_id, lock.fileno(), on_event=on_event)


@dataclass(frozen=True)
class QuietRun:
    """A run that nothing disturbed: what it made, and in how many steps."""

    checksums: dict[str, str]
    load_steps: int
    events: int
    publish_steps: int


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of every source. Without the truth, as comparisons with it are a log of all runs."""
    output = tmp_path_factory.mktemp("files")
    generate(GeneratorConfig(customers=CUSTOMERS, days=1, output=output))
    shutil.rmtree(output / "truth")
    return output


def start(server: Settings, files: Path, directory: Path) -> Settings:
    """Return settings of a database with nothing in it, and of a copy of the files."""
    embedded.start(server.data_dir)
    shutil.copytree(files, directory)
    return make_database(server, directory).model_copy(update={"pseudonym_key": KEY})


@pytest.fixture(scope="module")
def quiet_run(
    mortal_server: Settings, files: Path, tmp_path_factory: pytest.TempPathFactory
) -> QuietRun:
    """A run that nothing disturbed. It leaves what dbt has parsed beside the files."""
    settings = start(mortal_server, files, tmp_path_factory.mktemp("quiet") / "data")
    _, load_steps = run_struck(None, lambda: load_all(settings))
    events: list[Event] = []
    build(settings, events.append)
    publish_steps = 0
    if is_long():
        code, publish_steps = run_struck(None, lambda: publish(settings))
        assert code == 0
    shutil.copytree(settings.data_dir / "dbt", files / "dbt")
    return QuietRun(checksums(settings), load_steps, len(events), publish_steps)


def build_struck(settings: Settings, server: Settings, rng: random.Random, events: int) -> None:
    """Let something die when dbt says something, or with it who runs dbt."""
    kind = rng.choice(("dbt", "connection", "server", "worker", "everything"))
    moment, seen = rng.randint(1, events), 0

    def on_event(_: Event) -> None:
        nonlocal seen
        seen += 1
        if seen == moment:
            strike(kind, settings, server.data_dir)

    def work() -> None:
        try:
            build(settings, on_event)
        except DbtFailed:
            return

    run_struck(None, work)


def is_published(settings: Settings) -> bool:
    with connect(settings) as connection, connection.cursor() as cursor:
        return live_publication(cursor) is not None


@pytest.mark.seeds(1, 20)
@pytest.mark.timeout(1800)
def test_marts_are_those_of_a_quiet_run(
    mortal_server: Settings, files: Path, quiet_run: QuietRun, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    settings = start(mortal_server, files, tmp_path / "data")
    fault = random_fault(rng, quiet_run.load_steps, mortal_server.data_dir)
    run_struck(fault, lambda: load_all(settings))
    embedded.start(mortal_server.data_dir)
    load_all(settings)
    build_struck(settings, mortal_server, rng, quiet_run.events)
    embedded.start(mortal_server.data_dir)
    until_done(partial(build, settings))
    if is_long():
        fault = random_fault(rng, quiet_run.publish_steps, mortal_server.data_dir)
        run_struck(fault, lambda: publish(settings))
        embedded.start(mortal_server.data_dir)
        if not is_published(settings):
            publish(settings)
    found = checksums(settings)
    assert len(found) > 20
    changed = {
        name
        for name in found.keys() | quiet_run.checksums.keys()
        if found.get(name) != quiet_run.checksums.get(name)
    }
    assert changed == set()
    await_no_leftovers(settings)
