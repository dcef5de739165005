"""The site of docs/ has every page, no broken link, and nothing that a browser would fetch."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from customer360.settings import PROJECT_DIR

FETCHED = re.compile(
    r"""<(?:script|img|iframe|source)[^>]+src=["'](?:https?:)?//[^"']+|"""
    r"""<link[^>]+href=["'](?:https?:)?//[^"']+|url\(["']?(?:https?:)?//[^)]+"""
)


def build(docs: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a folder as `make site` does."""
    configuration = site.with_suffix(".yml")
    configuration.write_text(
        f"INHERIT: {PROJECT_DIR / 'mkdocs.yml'}\ndocs_dir: {docs}\nsite_dir: {site}\n"
        f"hooks: [{PROJECT_DIR / 'customer360' / 'documentation' / 'site.py'}]\n"
    )
    return subprocess.run(
        [Path(sys.executable).with_name("mkdocs"), "build", "--strict", "-f", configuration],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def fetched(site: Path) -> list[str]:
    """Return what pages and styles would fetch from elsewhere."""
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    return [found for file in files for found in FETCHED.findall(file.read_text("utf-8"))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("built") / "site"
    result = build(PROJECT_DIR / "docs", site)
    assert result.returncode == 0, result.stderr
    return site


def test_every_page_is_in_the_site(site: Path) -> None:
    docs = PROJECT_DIR / "docs"
    for page in docs.rglob("*.md"):
        made = page.with_name("index.html" if page.stem == "README" else f"{page.stem}.html")
        assert (site / made.relative_to(docs)).exists(), page


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    assert fetched(site) == []
    (site / "foreign.html").write_text('<script async src="https://cdn.example/x.js"></script>')
    (site / "foreign.css").write_text("@import url(//fonts.example/css);")
    assert len(fetched(site)) == 2


def test_lists_and_tables_are_those_that_the_text_has(site: Path) -> None:
    """Python-Markdown needs a blank line before a list where GitHub needs none."""
    runbook = (site / "runbooks" / "gate-failed.html").read_text("utf-8")
    assert "<li>" in runbook.split("Mend,")[1]
    for page in site.rglob("*.html"):
        assert "<p>| " not in page.read_text("utf-8"), page


def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(PROJECT_DIR / "docs", docs)
    (docs / "identity.md").write_text("# Who is who\n[gone](nowhere.md)\n")
    result = build(docs, tmp_path / "site")
    assert result.returncode != 0
    assert "nowhere.md" in result.stderr
