"""The generic test well_formed finds each row that breaks a rule, and says which rule and row."""

from pathlib import Path

import pytest

from customer360.database.connection import connect
from customer360.settings import Settings
from tests.unit.dbt_macros.project import compile_project, write_project

ROWS = """(values
    (1, 'a', 'x', 10), (1, 'a', 'y', 20), (2, null, 'z', 30), (3, 'c', null, 30), (4, 'd', null, 50)
) as given (id, part, code, amount)"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all cases, which dbt parses once."""
    directory = tmp_path_factory.mktemp("project")
    write_project(directory)
    return directory


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("key=['amount', 'id']", set()),
        ("key=['id']", {("id is not unique", "1", 2)}),
        (
            "key=['id', 'part']",
            {("id, part is not unique", "1 | a", 2), ("part is null", "2", 1)},
        ),
        ("unique=['code', ['id', 'code']]", set()),
        ("unique=['amount']", {("amount is not unique", "30", 2)}),
        (
            "key=['amount'], never_null=['part', 'code']",
            {
                ("amount is not unique", "30", 2),
                ("part is null", "30", 1),
                ("code is null", "30", 1),
                ("code is null", "50", 1),
            },
        ),
        ("accepted={'code': ['x', 'y', 'z'], 'id': [1, 2, 3, 4]}", set()),
        (
            "accepted={'code': ['x', 'y', \"it's\"], 'id': [1, 2, 3]}",
            {("code is not accepted", None, 1), ("id is not accepted", None, 1)},
        ),
        (
            "key=['id', 'amount'], never_null=['code'], accepted={'part': ['a', 'c']}",
            {("code is null", "3 | 30", 1), ("code is null, part is not accepted", "4 | 50", 1)},
        ),
    ],
)
def test_rows_found_name_the_broken_rules(
    server: Settings, project: Path, arguments: str, expected: set[tuple[object, ...]]
) -> None:
    call = f"with given as (select * from {ROWS}) {{{{ test_well_formed('given', {arguments}) }}}}"
    result = compile_project(project, "--inline", call)
    assert result.success, result.exception
    with connect(server, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute(result.result.results[0].node.compiled_code)
        assert set(cursor.fetchall()) == expected
