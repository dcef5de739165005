"""json_value reads a path of any text, and text that is no JSON is null, never an error."""

import pytest

from customer360.database.connection import connect
from customer360.settings import Settings
from tests.unit.dbt_macros.project import compile_project, write_project

CASES = [
    ('{"street": "Via Roma 1", "geo": {"lat": 1.50}}', "Via Roma 1", "1.50"),
    ('{"street": null, "geo": {"lat": null}}', None, None),
    ('{"street": "", "geo": [1]}', "", None),
    ('{"street": {"name": "x"}, "geo": {}}', '{"name": "x"}', None),
    ('{"Street": "x"}', None, None),
    ('["street"]', None, None),
    ('"street"', None, None),
    ("null", None, None),
    ('{"street": "cut', None, None),
    ('{"street": "\\u0000"}', None, None),
    ("[" * 500_000, None, None),
    ('{"street": ' * 100_000, None, None),
    ("Via Roma 1", None, None),
    ("", None, None),
    (None, None, None),
]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two readings of a column `text`, by one name and by two."""
    directory = tmp_path_factory.mktemp("json_value")
    write_project(directory)
    calls = "{{ json_value('text', ['street']) }}, {{ json_value('text', ['geo', 'lat']) }}"
    result = compile_project(directory, "--inline", calls)
    assert result.success, result.exception
    return str(result.result.results[0].node.compiled_code)


@pytest.mark.parametrize(("text", "street", "latitude"), CASES)
def test_json_value(
    server: Settings, compiled: str, text: str | None, street: str | None, latitude: str | None
) -> None:
    with connect(server, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute(f"select {compiled} from (select %s as text) as given", [text])
        assert cursor.fetchone() == (street, latitude)
