"""one_edit_apart against an edit distance in Python, over random pairs, on a real server."""

import random
from collections.abc import Iterator

import pytest
from psycopg2.extras import execute_values

from customer360.database.connection import connect
from customer360.settings import Settings
from tests.conftest import fresh_database
from tests.unit.dbt_macros.project import compile_project, write_project

Pair = tuple[str | None, str | None]
ALPHABETS = ("ab", "abc", "0123456789", "abcdefghijklmnopqrstuvwxyz ", "ab|\\.*", "aéß漢😀")
LONGEST = 60  # of a name; of anything compared so, none is longer
KNOWN = [
    ("ann", "ann", True),
    ("ann", "nan", True),
    ("ann", "nna", False),  # a letter moved over two
    ("abc", "cba", False),  # the same letters, but no neighbours changed places
    ("aabb", "abab", True),
    ("aaab", "abbb", False),  # the same set of letters
    ("abcd", "badc", False),
    ("19800203", "19800230", True),
    ("19800203", "19800302", False),
    ("", "", True),
    ("", "a", True),
    ("", "ab", False),
    ("a|b", "ab|", True),
    (None, "a", None),
    ("a", None, None),
]


def distance(left: str, right: str) -> int:
    """Return the least number of insertions, deletions, substitutions and neighbours' swaps.

    The dynamic programme of Wagner and Fischer (1974) with Damerau's swap (1964).
    """
    rows = [[i + j for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            change = rows[i - 1][j - 1] + (left[i - 1] != right[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
            if left[i - 2 : i] == right[j - 2 : j][::-1] and min(i, j) > 1:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def edited(rng: random.Random, text: str, alphabet: str) -> str:
    """Return the text after one slip, or two letters anywhere exchanged."""
    letters = [*text, rng.choice(alphabet)]
    place, other = rng.randrange(len(letters)), rng.randrange(len(letters))
    change = rng.randrange(5)
    if change == 0:
        letters.insert(place, rng.choice(alphabet))
    elif change == 1:
        del letters[place]
    elif change == 2:
        letters[place] = rng.choice(alphabet)
    else:
        other = min(place + 1, len(letters) - 1) if change == 3 else other
        letters[place], letters[other] = letters[other], letters[place]
    return "".join(letters[:LONGEST])


def random_pairs(seed: int, number: int) -> Iterator[tuple[str, str]]:
    """Return short, long and equal texts, most of them a few slips apart."""
    rng = random.Random(seed)
    for _ in range(number):
        alphabet = rng.choice(ALPHABETS)
        length = rng.choice((*range(8), 12, LONGEST - 1))
        left = "".join(rng.choices(alphabet, k=length))
        right = left
        for _ in range(rng.randrange(4)):
            right = edited(rng, right, alphabet)
        yield left, right


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    directory = tmp_path_factory.mktemp("one_edit_apart")
    write_project(directory)
    result = compile_project(directory, "--inline", "{{ one_edit_apart('one', 'other') }}")
    assert result.success, result.exception
    return str(result.result.results[0].node.compiled_code)


@pytest.fixture(scope="module")
def settings(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database with the extensions that the macro takes."""
    with fresh_database(server, tmp_path_factory.mktemp("data")) as own:
        yield own


def found(settings: Settings, compiled: str, pairs: list[Pair]) -> list[bool | None]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("create temporary table pairs (place int, one text, other text)")
        rows = [(place, *pair) for place, pair in enumerate(pairs)]
        execute_values(cursor, "insert into pairs values %s", rows, page_size=2_000)
        cursor.execute(f"select {compiled} from pairs order by place")
        return [answer for (answer,) in cursor]


def test_known_pairs(settings: Settings, compiled: str) -> None:
    pairs: list[Pair] = [(left, right) for left, right, _ in KNOWN]
    assert dict(zip(pairs, found(settings, compiled, pairs), strict=True)) == {
        (left, right): answer for left, right, answer in KNOWN
    }


@pytest.mark.parametrize("seed", range(3))
def test_random_pairs_are_judged_as_by_the_edit_distance(
    settings: Settings, compiled: str, seed: int
) -> None:
    pairs = list(random_pairs(seed, 4_000))
    expected = [distance(*pair) <= 1 for pair in pairs]
    assert sum(expected) > len(pairs) / 4
    assert len(pairs) - sum(expected) > len(pairs) / 4
    answers = found(settings, compiled, [*pairs])
    wrong = [
        (pair, answer)
        for pair, answer, right in zip(pairs, answers, expected, strict=True)
        if answer is not right
    ]
    assert wrong == []
