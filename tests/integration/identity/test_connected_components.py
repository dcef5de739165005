"""The materialization connected_components against networkx, through dbt and a real Postgres."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import networkx as nx
import pytest
from dbt.cli.main import dbtRunner
from psycopg2.extras import execute_values

from customer360.database.connection import connect, dbt_environment
from customer360.database.initialise import apply_init_sql, create_database
from customer360.settings import PROJECT_DIR, Settings

Pairs = list[tuple[str, str]]

PROJECT = f"""
name: customer360
version: "1.0.0"
profile: customer360
macro-paths: ["{PROJECT_DIR / "dbt_project" / "macros"}"]
"""
MODEL = """
{{ config(materialized='connected_components', node_column='node', component_column='component') }}
select left_key, right_key from public.edges
"""
LONG = 5_000


def random_graph(seed: int, nodes: int, edges: int) -> Pairs:
    """Return edges with repetitions, both directions and loops, between random nodes."""
    rng = random.Random(seed)
    return [(f"{rng.randrange(nodes):04d}", f"{rng.randrange(nodes):04d}") for _ in range(edges)]


def chain(nodes: int, *, is_shuffled: bool) -> Pairs:
    names = [f"{node:05d}" for node in range(nodes)]
    if is_shuffled:
        random.Random(7).shuffle(names)
    return list(itertools.pairwise(names))


GRAPHS: dict[str, Pairs] = {
    "sparse": random_graph(1, 1_000, 400),
    "critical": random_graph(2, 1_000, 500),
    "dense": random_graph(3, 300, 3_000),
    "chain": chain(LONG, is_shuffled=False),
    "shuffled_chain": chain(LONG, is_shuffled=True),
    "star": [("hub", f"{node:05d}") for node in range(LONG)],
    "ring": [*chain(500, is_shuffled=True), ("00000", "00499")],
    "loops_only": [(f"{node}", f"{node}") for node in range(10)],
    "same_edge_both_ways": [("a", "b"), ("b", "a"), ("a", "b")],
}


def run_materialization(
    settings: Settings, directory: Path, edges: Iterable[tuple[str, str]]
) -> None:
    """Fill public.edges and let dbt materialise its components as public.components."""
    (directory / "models").mkdir(exist_ok=True)
    (directory / "dbt_project.yml").write_text(PROJECT)
    (directory / "models" / "components.sql").write_text(MODEL)
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "drop table if exists edges; create table edges (left_key text, right_key text)"
        )
        cursor.execute("grant select on edges to c360_transformer")
        execute_values(cursor, "insert into edges values %s", list(edges), page_size=10_000)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dbt_environment(settings).items():
            patch.setenv(name, value)
        profiles = PROJECT_DIR / "dbt_project"
        options = ["--project-dir", directory, "--profiles-dir", profiles, "--log-path", directory]
        result = dbtRunner().invoke(["--quiet", "run", *map(str, options)])
    assert result.success, result.exception or result.result


@pytest.fixture(scope="module")
def settings(server: Settings) -> Settings:
    """A database of this module's own."""
    own = server.model_copy(update={"database_name": "components"})
    create_database(own, own.database_name)
    with connect(own) as connection:
        apply_init_sql(connection, own.sql_init_dir)
    return own


def components(settings: Settings) -> dict[str, str]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select node, component from intermediate.components")
        return dict(cursor.fetchall())


@pytest.fixture(scope="module")
def found(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Component of each node of all graphs, which lie side by side in one table of edges."""
    edges = [
        (f"{name}/{left}", f"{name}/{right}")
        for name, pairs in GRAPHS.items()
        for left, right in pairs
    ]
    random.Random(11).shuffle(edges)
    run_materialization(settings, tmp_path_factory.mktemp("components"), edges)
    return components(settings)


@pytest.mark.parametrize("name", GRAPHS)
def test_components_are_those_of_networkx(found: dict[str, str], name: str) -> None:
    groups = defaultdict(set)
    for node, component in found.items():
        graph, _, key = node.partition("/")
        if graph == name:
            groups[component].add(key)
    expected = nx.connected_components(nx.Graph(GRAPHS[name]))
    assert {frozenset(group) for group in groups.values()} == set(map(frozenset, expected))


def test_label_is_the_smallest_key_of_the_component(found: dict[str, str]) -> None:
    groups = defaultdict(set)
    for node, component in found.items():
        groups[component].add(node)
    assert all(min(group) == component for component, group in groups.items())


def test_rerun_replaces_the_result_and_leaves_no_tables_behind(
    found: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    assert found
    run_materialization(settings, tmp_path, [("x", "y"), ("z", "z")])
    assert components(settings) == {"x": "x", "y": "x", "z": "z"}
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'intermediate'")
        assert cursor.fetchall() == [("components",)]


def test_no_edges_give_an_empty_table(settings: Settings, tmp_path: Path) -> None:
    run_materialization(settings, tmp_path, [])
    assert components(settings) == {}
