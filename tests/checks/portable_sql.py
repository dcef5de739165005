"""A lint for SQL that only Postgres understands: models must one day run on Spark.

Each rule names a slip that fails there or, worse, silently gives something else. What an engine
needs differently is a macro in dbt_project/macros/dialect/, which this lint does not read.
"""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """A pattern that must not occur, what to write instead, and a sample that it must catch."""

    name: str
    pattern: str
    instead: str
    sample: str


RULES = (
    Rule(
        "clock",
        r"\b(current_date|current_timestamp|localtimestamp|now\s*\(|clock_timestamp)",
        "as_of_date",
        "select now()",
    ),
    Rule("double colon cast", r"::", "cast(x as type) behind a guard", "select x::date"),
    Rule(
        "posix regular expression",
        r"(?<![<>=!])!?~\*?",
        "a macro in macros/dialect",
        "where email ~ 'x'",
    ),
    Rule("json operator", r"->>?", "a macro in macros/dialect", "select payload ->> 'a'"),
    Rule("distinct on", r"\bdistinct\s+on\b", "row_number()", "select distinct on (a) a"),
    Rule("ilike", r"\bilike\b", "lower(x) like", "where a ilike 'b'"),
    Rule(
        "date format",
        r"\bto_(char|date|timestamp|number)\s*\(",
        "a macro in macros/dialect",
        "to_char(a, 'YYYY')",
    ),
    Rule(
        "regexp function",
        r"\bregexp_\w+\s*\(",
        "a macro in macros/dialect",
        "regexp_replace(a, 'b', '', 'g')",
    ),
    Rule(
        "ordered aggregate",
        r"\b(string_agg|array_agg|listagg)\s*\(",
        "a macro in macros/dialect",
        "string_agg(a, ',')",
    ),
    Rule(
        "set-returning function",
        r"\b(generate_series|unnest)\s*\(",
        "dim_dates or a macro",
        "from generate_series(1, 2)",
    ),
    Rule("age", r"\bage\s*\(", "a macro in macros/dialect", "age(a, b)"),
    Rule("initcap", r"\binitcap\s*\(", "a macro in macros/dialect", "initcap(name)"),
    Rule("concat with nulls", r"\bconcat(_ws)?\s*\(", "|| with coalesce", "concat(a, b)"),
    Rule(
        "interval literal", r"\binterval\s*'", "a macro in macros/dialect", "a + interval '1 day'"
    ),
    Rule(
        "date part",
        r"\b(date_part|date_trunc|extract)\s*\(",
        "a dbt cross-database macro",
        "extract(dow from a)",
    ),
    Rule("quoted name", r'"', "lower-case unquoted names", 'select "Name"'),
    Rule("bare numeric", r"\bas\s+(numeric|decimal)\s*\)", "numeric(14, 2)", "cast(a as numeric)"),
    Rule(
        "sized varchar",
        r"\bvarchar\s*\(|\bas\s+varchar\b",
        "text through a macro",
        "cast(a as varchar(3))",
    ),
    Rule("backslash in text", r"\\", "a macro in macros/dialect", r"replace(a, '\n', '')"),
    Rule("temporary table", r"\b(temp|temporary)\s+table\b", "a model", "create temp table a"),
    Rule(
        "recursive cte",
        r"\bwith\s+recursive\b",
        "the connected components macro",
        "with recursive a",
    ),
    Rule(
        "branch in a model",
        r"\{%-?\s*if\b",
        "a macro or a folder's configuration",
        "{% if execute %}",
    ),
    Rule(
        "order without nulls",
        r"\border\s+by\b(?![^()]*\bnulls\s+(first|last)\b)[^()]*\bdesc\b",
        "desc nulls last",
        "order by a desc",
    ),
)


def without_comments(sql: str) -> str:
    """Return the SQL with comments blanked, line breaks kept."""
    return _blank(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", sql)


def without_expressions(sql: str) -> str:
    """Return the SQL with `{{ … }}` blanked: what a macro makes of it is the macro's matter."""
    return _blank(r"\{\{.*?\}\}", sql)


def _blank(pattern: str, sql: str) -> str:
    def spaces(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(pattern, spaces, sql, flags=re.DOTALL)


def findings(sql: str) -> list[tuple[int, Rule]]:
    """Return (line, rule) for each slip in the text of a model or test."""
    text = without_expressions(without_comments(sql)).lower()
    return [
        (text.count("\n", 0, match.start()) + 1, rule)
        for rule in RULES
        for match in re.finditer(rule.pattern, text)
    ]


def linted_files(dbt_project: Path) -> list[Path]:
    """Return every model and singular test; macros may differ by engine."""
    return sorted(
        [*(dbt_project / "models").rglob("*.sql"), *(dbt_project / "tests").rglob("*.sql")]
    )
