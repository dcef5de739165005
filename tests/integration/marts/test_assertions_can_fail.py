"""Each singular test finds nothing in a sound warehouse, and finds each damage."""

import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.settings import PROJECT_DIR
from tests.integration.marts.damages_below_marts import DAMAGES_BELOW_MARTS
from tests.integration.marts.damages_to_marts import DAMAGES_TO_MARTS
from tests.integration.marts.warehouse import Warehouse

FOLDERS = ("identity", "marts")
DAMAGES = [*DAMAGES_BELOW_MARTS, *DAMAGES_TO_MARTS]


@pytest.fixture(scope="module")
def assertions(generated: Warehouse) -> dict[str, str]:
    return {
        name: query
        for folder in FOLDERS
        for name, query in generated.compiled_tests(folder).items()
    }


def found(cursor: Cursor, query: str) -> int:
    """Return how many rows break the invariant."""
    cursor.execute(f"select count(*) from ({query}) as broken")
    return int(cursor.fetchone()[0])


def test_every_assertion_has_a_damage() -> None:
    files = (PROJECT_DIR / "dbt_project" / "tests").rglob("*.sql")
    assert {path.stem for path in files} == {name for name, _ in DAMAGES}


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_assertion_finds_the_damage(
    generated: Warehouse, assertions: dict[str, str], name: str, damage: str
) -> None:
    with connect(generated.settings) as connection, connection.cursor() as cursor:
        assert found(cursor, assertions[name]) == 0
        cursor.execute(damage)
        assert cursor.rowcount > 0, "the damage changed nothing"
        assert found(cursor, assertions[name]) > 0
        connection.rollback()
