"""Models and singular tests hold no SQL that only one engine understands."""

import pytest

from customer360.settings import PROJECT_DIR
from tests.checks.portable_sql import RULES, Rule, findings, linted_files


def test_every_model_is_portable() -> None:
    files = linted_files(PROJECT_DIR / "dbt_project")
    assert files, "no models found: the lint would pass over nothing"
    slips = [
        f"{file.relative_to(PROJECT_DIR)}:{line}: {rule.name}: use {rule.instead}"
        for file in files
        for line, rule in findings(file.read_text())
    ]
    assert not slips, "\n".join(slips)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_catches_its_sample(rule: Rule) -> None:
    assert rule in [found for _, found in findings(rule.sample)]


def test_comments_and_macro_calls_are_not_read() -> None:
    sql = "-- now() and a::b\nselect {{ date_trunc('month', 'x') }} {# {% if %} #} from a"
    assert findings(sql) == []


def test_line_numbers_survive_blanked_comments() -> None:
    assert [line for line, _ in findings("-- a\n/* b\nc */\nselect a::date")] == [4]
