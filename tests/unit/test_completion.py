"""Shells complete commands and options, by what the command line itself says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("customer360")


def completed(shell: str, line: str) -> str:
    """Return what the command answers to a shell that completes a line."""
    words = {"bash": "COMP_WORDS", "zsh": "_TYPER_COMPLETE_ARGS"}
    asked = {"_CUSTOMER360_COMPLETE": f"complete_{shell}", words[shell]: line}
    asked["COMP_CWORD"] = str(len(line.split(" ")) - 1)
    result = subprocess.run(
        [COMMAND], env=os.environ | asked, capture_output=True, text=True, check=False, timeout=120
    )
    return result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("customer360 doc", "doctor"),
        ("customer360 privacy er", "erase"),
        ("customer360 build --as", "--as-of-date"),
    ],
)
def test_words_are_completed(shell: str, line: str, expected: str) -> None:
    said = completed(shell, line)
    assert expected in said
    assert "rollback" not in said
