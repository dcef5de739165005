"""The materialization constrained_components against Kruskal's algorithm, link by link."""

import itertools
import random

import networkx as nx
import pytest
from dbt.cli.main import dbtRunner
from psycopg2.extras import execute_values

from customer360.database.connection import connect, dbt_environment
from customer360.database.initialise import apply_init_sql, create_database
from customer360.settings import PROJECT_DIR, Settings
from tests.integration.identity.test_connected_components import PROJECT

Links = list[tuple[str, str]]  # strongest first
Pairs = list[tuple[str, str]]
MODEL = """
{{ config(
    materialized='constrained_components', node_column='node', component_column='component'
) }}
select left_key, right_key, link_rank from public.ranked
"""


def random_case(seed: int, nodes: int, links: int, unlinked: int) -> tuple[Links, Pairs]:
    """Return random links and pairs that must stay apart, some of them linked themselves."""
    rng = random.Random(seed)
    names = [f"{node:04d}" for node in range(nodes)]
    possible = list(itertools.combinations(names, 2))
    return rng.sample(possible, links), rng.sample(possible, unlinked)


def chain(nodes: int, weakest: int) -> tuple[Links, Pairs]:
    """Return a chain whose ends are unlinked, cut after node `weakest`."""
    links = list(itertools.pairwise(f"{node:04d}" for node in range(nodes)))
    links.append(links.pop(weakest))
    return links, [("0000", f"{nodes - 1:04d}")]


CASES = {
    "sparse": random_case(1, 200, 150, 20),
    "dense": random_case(2, 60, 400, 15),
    "contradictory": random_case(3, 30, 200, 150),
    "free": random_case(4, 100, 90, 0),
    "chain": chain(30, 20),
    "first_link": chain(9, 0),
    "two": ([("a", "b")], [("a", "b")]),
    "between": ([("a", "x"), ("x", "b")], [("a", "b")]),
}


def kruskal(links: Links, unlinked: Pairs) -> set[frozenset[str]]:
    """Return the components, a link at a time; slow and plain."""
    graph = nx.Graph()
    graph.add_nodes_from(itertools.chain.from_iterable([*links, *unlinked]))
    for left, right in links:
        graph.add_edge(left, right)
        if any(nx.has_path(graph, *pair) for pair in unlinked):
            graph.remove_edge(left, right)
    return set(map(frozenset, nx.connected_components(graph)))


@pytest.fixture(scope="module")
def found(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Component of each node; the cases lie side by side in one table."""
    directory = tmp_path_factory.mktemp("constrained")
    settings = server.model_copy(update={"database_name": "constrained"})
    create_database(settings, settings.database_name)
    (directory / "models").mkdir()
    (directory / "dbt_project.yml").write_text(PROJECT)
    (directory / "models" / "components.sql").write_text(MODEL)
    with connect(settings) as connection:
        apply_init_sql(connection, settings.sql_init_dir)
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute("create table ranked (left_key text, right_key text, link_rank bigint)")
        cursor.execute("grant select on ranked to c360_transformer")
        execute_values(cursor, "insert into ranked values %s", rows())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dbt_environment(settings).items():
            patch.setenv(name, value)
        options = ["--profiles-dir", PROJECT_DIR / "dbt_project", "--log-path", directory]
        arguments = ["--quiet", "run", "--project-dir", directory, *options]
        result = dbtRunner().invoke(list(map(str, arguments)))
    assert result.success, result.exception or result.result
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'intermediate'")
        assert cursor.fetchall() == [("components",)]
        cursor.execute("select node, component from intermediate.components")
        return dict(cursor.fetchall())


def rows() -> list[tuple[str, str, int | None]]:
    """Return all cases with ranks, in any order."""
    ranks = itertools.count(1)
    ranked: list[tuple[str, str, int | None]] = []
    for name, (links, unlinked) in CASES.items():
        ranked += [(f"{name}/{left}", f"{name}/{right}", next(ranks)) for left, right in links]
        ranked += [(f"{name}/{left}", f"{name}/{right}", None) for left, right in unlinked]
    random.Random(5).shuffle(ranked)
    return ranked


@pytest.mark.parametrize("name", CASES)
def test_components_are_those_of_kruskal(found: dict[str, str], name: str) -> None:
    groups: dict[str, set[str]] = {}
    for node, component in found.items():
        graph, _, key = node.partition("/")
        if graph == name:
            groups.setdefault(component, set()).add(key)
    assert all(label == f"{name}/{min(group)}" for label, group in groups.items())
    assert set(map(frozenset, groups.values())) == kruskal(*CASES[name])
