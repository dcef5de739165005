"""The drop-in for dbt_utils compiles to what is recorded, and is called as the real one is."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.dbt_macros.project import DBT_PROJECT, DROP_IN, compile_project, write_project

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("compiled.yml").read_text()
)
# As documented for dbt_utils 1.x: a project that builds with the drop-in builds with the real one.
SIGNATURES = {
    "accepted_range": "model, column_name, min_value=none, max_value=none, inclusive=true",
    "expression_is_true": "model, expression, column_name=None",
}


def properties(cases: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the YAML of a model with one test per case, named after the case."""
    columns: dict[str, list[Any]] = {}
    of_model = []
    for name, case in cases.items():
        test = {"name": name, "arguments": case["arguments"], "config": case.get("config", {})}
        tests = columns.setdefault(case["column"], []) if "column" in case else of_model
        tests.append({case["test"]: test})
    listed = [{"name": name, "data_tests": tests} for name, tests in columns.items()]
    return {"models": [{"name": "things", "columns": listed, "data_tests": of_model}]}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled SQL of each case, white space collapsed and the relation without its schema."""
    directory = tmp_path_factory.mktemp("dbt_utils")
    write_project(directory)
    (directory / "models" / "things.yml").write_text(yaml.safe_dump(properties(CASES)))
    result = compile_project(directory)
    assert result.success, result.exception
    folder = directory / "target" / "compiled" / "customer360" / "models" / "things.yml"
    return {
        path.stem: re.sub(r'("\w+"\.)+', "", " ".join(path.read_text().split()))
        for path in folder.glob("*.sql")
    }


@pytest.mark.parametrize("name", CASES)
def test_compiles_to_what_is_recorded(compiled: dict[str, str], name: str) -> None:
    assert compiled[name] == CASES[name]["sql"]


def test_range_without_bounds_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path)
    case = {"test": "dbt_utils.accepted_range", "column": "id", "arguments": {}}
    (tmp_path / "models" / "things.yml").write_text(yaml.safe_dump(properties({"open": case})))
    result = compile_project(tmp_path)
    assert not result.success
    assert "give at least one" in f"{result.exception} {result.result}"


def test_signatures_are_those_of_the_real_package() -> None:
    texts = [path.read_text() for path in sorted((DROP_IN / "macros").glob("*.sql"))]
    found = dict(re.findall(r"{%-? test (\w+)\((.*?)\)", "\n".join(texts)))
    assert found == SIGNATURES


def test_drop_in_holds_what_the_project_uses_and_no_more() -> None:
    texts = [
        path.read_text()
        for folder in ("models", "seeds", "tests", "macros")
        for pattern in ("*.yml", "*.sql")
        for path in (DBT_PROJECT / folder).rglob(pattern)
    ]
    used = set(re.findall(r"dbt_utils\.(\w+)", "\n".join(texts)))
    assert used == set(SIGNATURES)
