"""MkDocs' hook for `make site`: sections that are folders need no list of their pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDERS = {"Runbooks": "runbooks", "Decisions": "decisions"}
_LINK_OUT = re.compile(
    r"\[([^\]]+)\]\((?:\.\./)+(?:dbt_project|customer360|README|CONTRIBUTING)[^)]*\)"
)
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")


def on_config(config: Any) -> Any:
    """Add every page of a folder to the section that is that folder."""
    docs = Path(config["docs_dir"])
    for section in config["nav"]:
        for title, pages in section.items():
            if title in FOLDERS:
                found = sorted((docs / FOLDERS[title]).glob("*.md"))
                pages += [str(p.relative_to(docs)) for p in found if p.name != "README.md"]
    return config


def on_page_markdown(markdown: str, **_: object) -> str:
    """Let Python-Markdown read a page as GitHub does, and drop links that lead out of docs/."""
    return _LINK_OUT.sub(r"\1", "".join(_with_room_for_lists(markdown)))


def _with_room_for_lists(markdown: str) -> Iterator[str]:
    in_code, is_text = False, False
    for line in markdown.splitlines(keepends=True):
        in_code ^= line.lstrip().startswith("```")
        if is_text and not in_code and _ITEM.match(line):
            yield "\n"
        yield line
        stripped = line.strip()
        is_item = bool(_ITEM.match(stripped)) or line.startswith(" ")
        is_text = bool(stripped) and not is_item and not stripped.startswith(("#", "|", "```"))
