"""Customer ids over random histories: the models in Postgres against the plain reference."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx
import pytest
import yaml
from dbt.cli.main import dbtRunner
from psycopg2.extras import execute_values

from customer360.database.connection import connect, dbt_environment
from customer360.settings import PROJECT_DIR, Settings
from tests.conftest import fresh_database
from tests.integration.identity.remembered import Memory

PROJECT = PROJECT_DIR / "dbt_project"
IDENTITY = PROJECT / "models" / "identity"
STUBS = {
    "identity_clusters_decided": "select source_customer_key, cluster_key from public.clusters",
    "identity_records": "select * from public.clusters",
    "identity_links": "select 'rule' as match_rule, left_key, right_key from public.links",
    "identity_decisions": "select cast(1 as bigint) as decision_id, cast('link' as text) as kind,"
    " cast(null as text) as left_key, cast(null as text) as right_key where false",
    "stg_ops__identity_secrets": "select secret from ops.identity_secrets",
}
HISTORIES = 150
STEPS = 6
IDS_LOST = ("merged", "ended")
IDS_GAINED = ("created", "split", "reappeared")


@dataclass
class World:
    """Many unconnected histories at once: records, and the links between them."""

    rng: random.Random
    graph: nx.Graph = field(default_factory=nx.Graph)
    gone: set[str] = field(default_factory=set)

    def evolve(self) -> None:
        """Let records come, go and return, and links appear and vanish."""
        for history in range(HISTORIES):
            if self.rng.random() < 0.2:
                continue
            name = f"h{history:03d}"
            self.graph.add_node(f"{name}:{self.rng.randrange(10)}")
            own = sorted(node for node in self.graph if node.startswith(name))
            for _ in range(self.rng.randrange(4)):
                pair = self.rng.choice(own), self.rng.choice(own)
                change = self.graph.remove_edge if self.graph.has_edge(*pair) else self._link
                change(*pair)
            self.gone = {key for key in self.gone if self.rng.random() < 0.7}
            if self.rng.random() < 0.2:
                key = self.rng.choice(own)
                component = nx.node_connected_component(self.graph, key)
                self.gone |= self.rng.choice([{key}, component])

    def _link(self, left: str, right: str) -> None:
        if left != right:
            self.graph.add_edge(left, right)

    @property
    def clusters(self) -> set[frozenset[str]]:
        """Return the components of what is there."""
        there = self.graph.subgraph(set(self.graph) - self.gone)
        return set(map(frozenset, nx.connected_components(there)))


@dataclass
class Models:
    """The models of identity's memory in a project of their own, on clusters that a test gives."""

    settings: Settings
    directory: Path

    def build(
        self, clusters: set[frozenset[str]], *options: str, order: random.Random | None = None
    ) -> dict[str, str]:
        """Run the models; `order` says how the rows of raw lie, by key if not given."""
        keys = sorted(key for cluster in clusters for key in cluster)
        if order:
            order.shuffle(keys)
        labels = {key: min(cluster) for cluster in clusters for key in cluster}
        rows = [(key, labels[key], 1, line) for line, key in enumerate(keys)]
        pairs = [(labels[key], key) for key in keys if labels[key] != key]
        with connect(self.settings) as connection, connection, connection.cursor() as cursor:
            cursor.execute("truncate public.clusters; truncate public.links")
            execute_values(cursor, "insert into public.clusters values %s", rows)
            execute_values(cursor, "insert into public.links values %s", pairs)
        self.run(*options)
        return dict(self.rows("select source_customer_key, customer_id from identity_customers"))

    def run(self, *options: str) -> None:
        """Run dbt in this process; the project has no tests."""
        places = ["--project-dir", self.directory, "--profiles-dir", PROJECT]
        logs = ["--log-path", self.directory / "logs"]
        result = dbtRunner().invoke(["--quiet", "run", *map(str, [*places, *logs]), *options])
        assert result.success, result.exception or result.result

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        """Return what a query on the schema identity finds."""
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute("set search_path to identity, public")
            cursor.execute(sql)
            return cursor.fetchall()

    def remembered(self) -> list[tuple[str, ...]]:
        """Return all that is appended to."""
        log = self.rows("select row_to_json(log)::text from identity_customers_logged as log")
        return log + self.rows("select row_to_json(log)::text from customer_id_changes as log")


def write_project(directory: Path) -> None:
    """Write a project with the real models, macros and folder settings, and stubs before them."""
    models = directory / "models" / "identity"
    shutil.copytree(IDENTITY, models, ignore=shutil.ignore_patterns("*.yml", "decisions"))
    for path in models.glob("*.sql"):
        if path.stem != "identity_customers":
            path.unlink()
    for name, sql in STUBS.items():
        (models / f"{name}.sql").write_text(sql)
    real = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    project = {key: real[key] for key in ("name", "version", "profile", "vars", "flags")}
    project["macro-paths"] = [str(PROJECT / "macros")]
    project["models"] = {"customer360": {"identity": real["models"]["customer360"]["identity"]}}
    (directory / "dbt_project.yml").write_text(yaml.safe_dump(project))


@pytest.fixture
def models(server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    """A database without any history."""
    write_project(tmp_path)
    with fresh_database(server, tmp_path) as settings:
        for name, value in dbt_environment(settings).items():
            monkeypatch.setenv(name, value)
        with connect(settings) as connection, connection, connection.cursor() as cursor:
            cursor.execute(
                "create table clusters (source_customer_key text, cluster_key text,"
                " _first_batch_id bigint, _first_line bigint,"
                " source_name text, source_customer_id text);"
                "create table links (left_key text, right_key text);"
                "grant select on clusters, links to c360_transformer"
            )
        yield Models(settings, tmp_path)


def test_random_histories_are_those_of_the_reference(models: Models) -> None:
    """Records come, go, merge, part and merge again; every id that comes or goes is told of."""
    world, memory = World(random.Random(3)), Memory()
    ids: dict[int, str] = {}
    before: dict[str, str] = {}
    for step in range(1, STEPS + 1):
        world.evolve()
        expected = memory.build(world.clusters)
        found = models.build(world.clusters)
        for key, token in expected.items():
            assert ids.setdefault(token, found[key]) == found[key], (step, key)
        assert found.keys() == expected.keys()
        assert len(set(ids.values())) == len(ids)
        forwards = dict(
            models.rows("select former_customer_id, customer_id from customer_id_forwards")
        )
        references = {ids[old]: ids[new] for old, new in memory.forwards(expected).items()}
        assert forwards == references
        assert_changes_tell_all(models, step, set(before.values()), set(found.values()))
        assert_changes_lead_where_forwards_do(models, forwards)
        before = found
    kinds = {
        kind for (kind,) in models.rows("select distinct change_kind from customer_id_changes")
    }
    assert kinds == {*IDS_LOST, *IDS_GAINED, "moved", "forwarded"}


def assert_changes_tell_all(models: Models, step: int, before: set[str], after: set[str]) -> None:
    """No id comes or goes without a row that says so, and none is said to that does not."""
    rows = models.rows(
        "select change_kind, old_customer_id, new_customer_id, reason from customer_id_changes"
        f" where revision = {step}"
    )
    lost = [old for kind, old, _, _ in rows if kind in IDS_LOST]
    assert sorted(lost) == sorted(before - after)
    assert {new for kind, _, new, _ in rows if kind in IDS_GAINED} == after - before
    assert all(reason == "link" for kind, _, _, reason in rows if kind == "merged")


def assert_changes_lead_where_forwards_do(models: Models, forwards: dict[str, str]) -> None:
    """The last row about an old id names the customer that it leads to."""
    last = dict(
        models.rows(
            "select old_customer_id, new_customer_id from customer_id_changes"
            " where change_kind in ('merged', 'forwarded') order by revision"
        )
    )
    assert {old: last.get(old) for old in forwards if old in last} == {
        old: new for old, new in forwards.items() if old in last
    }


def test_what_changes_nothing_is_no_change(models: Models) -> None:
    """A no-op, a full refresh, raw reloaded in another order, a replay that sees other records."""
    world = World(random.Random(2))
    for _ in range(2):
        world.evolve()
        found = models.build(world.clusters)
    remembered = models.remembered()
    other_order = random.Random(3)
    assert models.build(world.clusters) == found
    assert models.build(world.clusters, "--full-refresh", order=other_order) == found
    models.run("--select", "customer_id_changes")
    assert models.remembered() == remembered
    later = {*world.clusters, frozenset({"new:1"})}
    replayed = models.build(later, "--vars", "{as_of_date: '2025-01-01'}")
    assert {key: replayed[key] for key in found} == found
    assert models.remembered() == remembered
    assert models.build(later)["new:1"] == replayed["new:1"]


def test_mistake_of_a_build_is_undone_by_the_next(models: Models) -> None:
    """A bad delivery merges everybody, the next takes it back: each has the old id again."""
    apart = {frozenset({"a", "b"}), frozenset({"c"}), frozenset({"d", "e"})}
    before = models.build(apart)
    together = models.build({frozenset("abcde")})
    assert len(set(together.values())) == 1
    assert models.build(apart) == before
    assert models.rows("select * from customer_id_forwards") == []
