"""The command line says what it does and why it does not."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_generators.__main__ import app


@pytest.fixture
def runner() -> CliRunner:
    """A terminal wide enough that no message is wrapped."""
    return CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"})


def test_a_run_shows_what_it_made(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(app, ["--customers", "10", "--days", "2", "--output", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "shop.customers" in result.output
    assert (tmp_path / "truth/people.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--customers", "0"], "customers is 0: ask for 1 or more"),
        (["--start", "2025-02-01", "--end", "2025-01-01"], "is before start"),
    ],
)
def test_refusals_say_why(
    runner: CliRunner, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = runner.invoke(app, [*arguments, "--output", str(tmp_path)])
    assert result.exit_code == 1
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_generation_is_refused(runner: CliRunner, tmp_path: Path) -> None:
    runner.invoke(app, ["--customers", "10", "--output", str(tmp_path)])
    result = runner.invoke(app, ["--customers", "11", "--output", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds another generation" in result.stderr
