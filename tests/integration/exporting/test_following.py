"""After a publication or a rollback by command, `exports/latest` leads to what readers see."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from customer360.exporting import mart_files
from customer360.publishing import commands
from customer360.publishing.commands import EXIT_NOT_EXPORTED, publish_build, rollback_publication
from customer360.publishing.publisher import publish
from tests.integration.publishing.conftest import RULES, Shop

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rules_of_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `customer360 publish` judge the two marts of the shop by their rules."""
    monkeypatch.setattr(commands, "publish", partial(publish, rules=RULES))


def exported(shop: Shop) -> tuple[str, int]:
    """Return kind and publication of the extracts that `latest` leads to."""
    manifest = json.loads((shop.settings.exports_dir / "latest" / "manifest.json").read_text())
    return manifest["kind"], manifest["publication_id"]


def test_extracts_follow_each_publication_and_each_rollback(shop: Shop) -> None:
    console = Console(record=True, width=200)
    for generation in (1, 2):
        shop.build(generation)
        assert publish_build(shop.settings, console, NOW) == 0
        assert exported(shop) == ("publish", generation)
    for publication_id, generation in ((3, 1), (4, 2)):
        assert rollback_publication(shop.settings, console, NOW) == 0
        assert exported(shop) == ("rollback", publication_id)
        csv = shop.settings.exports_dir / "latest" / "customers.csv"
        assert csv.read_text().splitlines()[1] == f"{generation},1" == f"{shop.generation()},1"


def test_what_was_refused_is_not_exported(shop: Shop) -> None:
    console = Console(record=True, width=200)
    assert publish_build(shop.settings, console, NOW) == 1
    assert not shop.settings.exports_dir.exists()


def test_a_publication_stands_where_its_extracts_fail(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(record=True, width=200)
    for generation in (1, 2):
        shop.build(generation)
        assert publish_build(shop.settings, console, NOW) == 0

    def full_disk(path: Path, file_format: str) -> mart_files.ExtractFile:
        raise OSError(28, "No space left on device", str(path), None, file_format)

    monkeypatch.setattr(mart_files, "_written", full_disk)
    assert rollback_publication(shop.settings, console, NOW) == EXIT_NOT_EXPORTED
    assert shop.generation() == 1
    assert exported(shop) == ("publish", 2)
    text = console.export_text()
    assert "No space left on device" in text
    assert "`customer360 export`" in text
