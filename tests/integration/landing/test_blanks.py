"""The loader and dbt's clean_text take the same characters for blank, in any locale."""

import pytest

from customer360.database.connection import connect
from customer360.landing.blanks import BLANKS
from customer360.settings import Settings
from tests.unit.dbt_macros.project import compile_project, write_project

LAST_CODE = 0x10FFFF
SURROGATES = "55296 and 57343"  # no characters of their own


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The expression that clean_text makes of a column `text`."""
    directory = tmp_path_factory.mktemp("clean_text")
    write_project(directory)
    result = compile_project(directory, "--inline", "{{ clean_text('text') }}")
    assert result.success, result.exception
    return str(result.result.results[0].node.compiled_code)


@pytest.mark.parametrize("collation", ["default", "C", "pg_c_utf8"])
def test_clean_text_takes_away_the_blanks_of_the_loader(
    server: Settings, cleaned: str, collation: str
) -> None:
    with connect(server, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute(
            "with characters as ("
            f'select code, chr(code) collate "{collation}" as text'
            f" from generate_series(1, {LAST_CODE}) as code where code not between {SURROGATES})"
            f" select code from characters where {cleaned} is null"
        )
        assert {chr(code) for (code,) in cursor.fetchall()} == set(BLANKS)
        cursor.execute(f"select {cleaned} from (select %s as text) as blanks", [BLANKS])
        assert cursor.fetchone() == (None,)
