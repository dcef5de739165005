"""Runbooks name commands, options, files and DAGs that exist: at night nobody can guess."""

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from customer360.cli import app
from customer360.settings import PROJECT_DIR

RUNBOOKS = PROJECT_DIR / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*.md"))
_COMMAND = re.compile(r"`customer360 ([^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+\.md)\)")
_PLAIN_DBT = ("dbt",)  # dbt's own words follow


def problems_of(text: str) -> list[str]:
    """Return the commands of a page that the command line does not know."""
    problems = []
    for command in _COMMAND.findall(" ".join(text.split())):
        known = typer.main.get_command(app)
        words = command.split()
        while isinstance(known, TyperGroup) and words:
            name = words.pop(0)
            if name not in known.commands:
                problems.append(f"customer360 {command}: no command {name}")
                break
            known = known.commands[name]
            if name in _PLAIN_DBT:
                break
        else:
            options = {option for parameter in known.params for option in parameter.opts}
            unknown = [word for word in words if word.startswith("-") and word not in options]
            problems += [f"customer360 {command}: no option {word}" for word in unknown]
    return problems


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    assert problems_of(page.read_text()) == []


def test_check_trips_on_commands_and_options_that_do_not_exist() -> None:
    assert problems_of(
        "`customer360 fly`, `customer360 db start`, `customer360 publish --hope`"
    ) == [
        "customer360 fly: no command fly",
        "customer360 publish --hope: no option --hope",
    ]


def test_index_leads_to_every_page_and_every_link_to_a_page() -> None:
    index = set(_LINK.findall((RUNBOOKS / "README.md").read_text()))
    assert index == {page.name for page in PAGES} - {"README.md"}
    for page in PAGES:
        for link in _LINK.findall(page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} leads to {link}"


def test_every_page_says_what_is_seen_and_when_it_is_over() -> None:
    for page in PAGES:
        if page.name != "README.md":
            text = page.read_text()
            for part in ("**You see**", "**It is over**"):
                assert part in text, f"{page.name} lacks {part}"
