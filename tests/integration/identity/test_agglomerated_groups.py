"""The materialization agglomerated_groups against plain Python, and against what it promises."""

import itertools
import random
from fractions import Fraction
from pathlib import Path

import networkx as nx
import pytest
import yaml
from dbt.cli.main import dbtRunner
from psycopg2.extras import execute_values

from customer360.database.connection import connect, dbt_environment
from customer360.database.initialise import apply_init_sql, create_database
from customer360.settings import PROJECT_DIR, Settings
from tests.integration.identity.regrouped import (
    BEST_SHARE,
    DAYS,
    OVERRULING,
    STAND_IN,
    Case,
    Evidence,
    Group,
    regroup,
)

LIMIT = 12
APART = 1_000  # numbers of a case's records begin at a multiple
MODEL = """
{{ config(materialized='agglomerated_groups') }}
select
    component_key, left_number, right_number, match_weight, is_linked,
    left_birth_day, right_birth_day
from public.evidence
"""
CHAIN = {1: DAYS[0], 3: DAYS[1]}


def case(
    weights: dict[tuple[int, int], float],
    days: dict[int, str] | None = None,
    *,
    is_linked: bool = True,
) -> Case:
    """Return a case in which what weighs more than nothing is linked, or nothing is."""
    pairs = {
        pair: Evidence(Fraction(str(bits)), is_linked and bits > 0)
        for pair, bits in weights.items()
    }
    return Case(pairs, days or {}, LIMIT)


def clique(records: int, bits: float) -> dict[tuple[int, int], float]:
    return dict.fromkeys(itertools.combinations(range(1, records + 1), 2), bits)


def random_case(seed: int, records: int, share_of_pairs: float, share_dated: float) -> Case:
    """Return people with some records each: those of one mostly attract, others mostly repel."""
    rng = random.Random(seed)
    person = {number: rng.randrange(records // 6) for number in range(1, records + 1)}
    dated = [number for number in person if rng.random() < share_dated]
    days = {
        number: rng.choice((DAYS[person[number] % len(DAYS)],) * 8 + (STAND_IN, *DAYS))
        for number in dated
    }
    pairs = {}
    for one, other in itertools.combinations(person, 2):
        is_one = person[one] == person[other]
        if rng.random() < (0.8 if is_one else share_of_pairs):
            bits = min(max(round(rng.gauss(5 if is_one else -4, 5), 3), -10), 10)
            conflict = len({days.get(one), days.get(other)} & set(DAYS)) > 1
            is_linked = bits > 0 and (not conflict or rng.random() < 0.01)
            pairs[one, other] = Evidence(Fraction(str(bits)), is_linked)
    return Case(pairs, days, LIMIT)


SMALL: dict[str, tuple[Case, list[set[int]]]] = {
    "nobody forbids": (case({(1, 2): 8, (2, 3): 5, (1, 3): 2}), [{1, 2, 3}]),
    "weaker link is cut": (case({(1, 2): 8, (2, 3): 5}, CHAIN), [{1, 2}, {3}]),
    "other link is weaker": (case({(1, 2): 5, (2, 3): 8}, CHAIN), [{1}, {2, 3}]),
    "of equal links the first stays": (case({(1, 2): 5, (2, 3): 5}, CHAIN), [{1, 2}, {3}]),
    "link of their own": (case({(1, 2): 8, (2, 3): 5, (1, 3): 4}, CHAIN), [{1, 2, 3}]),
    "not linked, and too little evidence": (
        case({(1, 2): 9, (2, 3): 5, (1, 3): 2}, CHAIN, is_linked=False),
        [{1, 2}, {3}],
    ),
    "not linked, but for all the evidence": (
        case({(1, 2): 9, (2, 3): 8, (1, 3): 7}, CHAIN, is_linked=False),
        [{1, 2, 3}],
    ),
    "father, son and a record without a date": (
        case({(1, 2): 8, (2, 3): 8, (1, 3): -1}, CHAIN),
        [{1, 2}, {3}],
    ),
    "a link of others with the same dates": (
        case({(1, 2): 9, (2, 3): 9, (1, 3): -1, (3, 4): 8}, {**CHAIN, 4: DAYS[0]}),
        [{1, 2, 3, 4}],
    ),
    "day that may stand for none": (
        case({(1, 2): 9, (2, 3): 9}, {1: DAYS[0], 3: STAND_IN}),
        [{1, 2, 3}],
    ),
    "four in a row": (
        case({(1, 2): 9, (2, 3): 5, (3, 4): 9, (1, 3): 5, (2, 4): 5}, {1: DAYS[0], 4: DAYS[1]}),
        [{1, 2}, {3, 4}],
    ),
    "four in a row, strongly": (
        case({(1, 2): 9, (2, 3): 8, (3, 4): 9, (1, 3): 9, (2, 4): 9}, {1: DAYS[0], 4: DAYS[1]}),
        [{1, 2, 3, 4}],
    ),
    "evidence outweighs a weak link": (
        case({**clique(3, 10), (3, 4): 2, (2, 4): -8, (1, 4): -8}),
        [{1, 2, 3}, {4}],
    ),
    "as many as the limit": (case(clique(LIMIT, 10)), [set(range(1, LIMIT + 1))]),
    "one more than the limit": (
        case(clique(LIMIT + 1, 10) | {(n, LIMIT + 1): 5 for n in range(1, LIMIT + 1)}),
        [set(range(1, LIMIT + 1)), {LIMIT + 1}],
    ),
}
RANDOM = {
    "few records": random_case(1, 30, 0.3, 0.5),
    "hardly compared": random_case(2, 120, 0.02, 0.7),
    "dense": random_case(3, 100, 0.5, 0.5),
    "all dated": random_case(4, 150, 0.1, 1),
    "none dated": random_case(5, 150, 0.1, 0),
    "many": random_case(6, 300, 0.05, 0.5),
}
CASES = {name: small for name, (small, _) in SMALL.items()} | RANDOM


@pytest.fixture(scope="module")
def found(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[Group]]:
    """Groups by case; the cases lie side by side in one table."""
    directory = tmp_path_factory.mktemp("agglomerated")
    settings = server.model_copy(update={"database_name": "agglomerated"})
    create_database(settings, settings.database_name)
    with connect(settings) as connection:
        apply_init_sql(connection, settings.sql_init_dir)
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "create table evidence (component_key text, left_number bigint, right_number bigint,"
            " match_weight double precision, is_linked boolean,"
            " left_birth_day text, right_birth_day text);"
            "grant select on evidence to c360_transformer"
        )
        execute_values(cursor, "insert into evidence values %s", rows(), page_size=5_000)
    run_model(settings, directory)
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'intermediate'")
        assert cursor.fetchall() == [("regrouped",)]
        cursor.execute("select record_number, group_number from intermediate.regrouped")
        members: dict[int, set[int]] = {}
        for record, group in cursor:
            members.setdefault(group, set()).add(record)
    groups: dict[str, set[Group]] = {name: set() for name in CASES}
    for label, records in members.items():
        assert label == min(records)
        name = list(CASES)[label // APART]
        groups[name].add(frozenset(record % APART for record in records))
    return groups


def run_model(settings: Settings, directory: Path) -> None:
    real = yaml.safe_load((PROJECT_DIR / "dbt_project" / "dbt_project.yml").read_text())
    project = {key: real[key] for key in ("name", "version", "profile", "vars")}
    project["vars"]["identity_max_cluster_records"] = LIMIT
    project["macro-paths"] = [str(PROJECT_DIR / "dbt_project" / "macros")]
    (directory / "models").mkdir()
    (directory / "dbt_project.yml").write_text(yaml.safe_dump(project))
    (directory / "models" / "regrouped.sql").write_text(MODEL)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dbt_environment(settings).items():
            patch.setenv(name, value)
        options = ["--profiles-dir", PROJECT_DIR / "dbt_project", "--log-path", directory]
        arguments = ["--quiet", "run", "--project-dir", directory, *options]
        result = dbtRunner().invoke(list(map(str, arguments)))
    assert result.success, result.exception or result.result


def rows() -> list[tuple[object, ...]]:
    """Return the evidence of all cases, in any order."""
    evidence: list[tuple[object, ...]] = [
        (
            str(place),
            place * APART + one,
            place * APART + other,
            float(found.weight),
            found.is_linked,
            one_case.days.get(one),
            one_case.days.get(other),
        )
        for place, one_case in enumerate(CASES.values())
        for (one, other), found in one_case.pairs.items()
    ]
    random.Random(5).shuffle(evidence)
    return evidence


@pytest.mark.parametrize("name", SMALL)
def test_small_cases_come_out_as_written_down(found: dict[str, set[Group]], name: str) -> None:
    assert found[name] == set(map(frozenset, SMALL[name][1]))


@pytest.mark.parametrize("name", CASES)
def test_groups_are_those_of_the_reference(found: dict[str, set[Group]], name: str) -> None:
    assert found[name] == regroup(CASES[name])


@pytest.mark.parametrize("name", RANDOM)
def test_groups_keep_what_is_promised(found: dict[str, set[Group]], name: str) -> None:
    """Nothing that must stay apart is together, and nobody is together without evidence for it."""
    given, groups = RANDOM[name], found[name]
    assert set().union(*groups) == given.records
    assert sum(map(len, groups)) == len(given.records)
    assert max(map(len, groups)) <= LIMIT
    attracting = nx.Graph(pair for pair, evidence in given.pairs.items() if evidence.weight > 0)
    attracting.add_nodes_from(given.records)
    for group in groups:
        assert nx.is_connected(attracting.subgraph(group))
        if any(given.is_in_conflict(frozenset({one}), group - {one}) for one in group):
            pairs = itertools.combinations(sorted(group), 2)
            best = max(given.pairs[pair].weight for pair in pairs if pair in given.pairs)
            assert best * (1 + BEST_SHARE) >= OVERRULING


def test_random_cases_have_what_the_guard_is_for(found: dict[str, set[Group]]) -> None:
    """Groups as large as the limit; and pairs that attract, held apart by their birth dates."""
    assert any(len(group) == LIMIT for name in RANDOM for group in found[name])
    undated = {name: regroup(Case(case.pairs, {}, LIMIT)) for name, case in RANDOM.items()}
    differing = [name for name in RANDOM if undated[name] != found[name]]
    assert len(differing) >= 3
