"""The generic test never_null finds each row with a null, and says in which columns."""

from pathlib import Path

from customer360.database.connection import connect
from customer360.settings import Settings
from tests.unit.dbt_macros.project import compile_project, write_project

ROWS = "(values (1, 2, null), (3, null, 4), (null, null, 5)) as given (a, b, c)"


def test_rows_found_name_their_null_columns(server: Settings, tmp_path: Path) -> None:
    write_project(tmp_path)
    call = (
        f"""with given as (select * from {ROWS}) {{{{ test_never_null('given', ['a', 'b']) }}}}"""
    )
    result = compile_project(tmp_path, "--inline", call)
    assert result.success, result.exception
    with connect(server, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute(result.result.results[0].node.compiled_code)
        assert sorted(cursor.fetchall(), key=str) == [
            (3, None, 4, "b"),
            (None, None, 5, "a, b"),
        ]
