"""Macros refuse arguments that would make wrong SQL, and say what to write instead."""

from pathlib import Path

import pytest

from tests.unit.dbt_macros.project import compile_project, write_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("arguments")
    write_project(directory)
    return directory


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (r"regex_matches('a', '[0-9]' ~ '\\' ~ 'd')", "write [.] or [0-9]"),
        (r"regex_replace_all('a', '(b)', '\\' ~ '1')", "no group references"),
        ("count_each_flag([])", "at least one flag"),
        ("text_rows('issue', [])", "at least one text"),
        ("column_named('issue', 'missing_name', 'counted')", "a list of columns"),
        ("joined_text('a', ', ', '')", "what to order by"),
        ("rfm_score('order_value', 'a')", "recency, frequency and monetary"),
        ("json_value('a', [])", "as a list of names"),
        ("json_value('a', 'street')", "as a list of names"),
    ],
)
def test_bad_argument_is_refused(
    project: Path, call: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = compile_project(project, "--inline", f"select {{{{ {call} }}}}")
    assert not result.success
    assert message in " ".join(capfd.readouterr().out.split())


def test_text_literal_keeps_quotes_and_knows_null(project: Path) -> None:
    call = """select {{ text_literal("o'neil") }}, {{ text_literal(none) }}"""
    result = compile_project(project, "--inline", call)
    assert result.success, result.exception
    assert result.result.results[0].node.compiled_code.split() == ["select", "'o''neil',", "null"]
