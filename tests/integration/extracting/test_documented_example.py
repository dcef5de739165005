"""What docs/pulling.md shows of a MongoDB is a feed that can be pulled and loaded as it stands."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from customer360.extracting.commands import pull_feeds
from customer360.settings import PROJECT_DIR
from tests.integration.extracting.conftest import NOW, Puller

PAGE = (PROJECT_DIR / "docs/pulling.md").read_text(encoding="utf-8")
EXPORT = (
    '{"_id":{"$oid":"65a5f0c2e4b0a1b2c3d4e5f6"},"name":"Zoë","fee":{"$numberDecimal":"12.50"},'
    '"joined_at":{"$date":{"$numberLong":"1705329000500"}}}\n'
    '{"_id":{"$oid":"65a5f0c2e4b0a1b2c3d4e5f7"},"name":"Ann","fee":{"$numberLong":"7"},'
    '"joined_at":{"$date":"2024-01-15T14:30:00Z"}}\n'
)


def test_the_example_is_pulled_and_loaded(
    puller: Puller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    folder = puller.settings.dbt_project_dir / "models/staging/club"
    folder.mkdir(parents=True)
    (folder / "_club__sources.yml").write_text(example, encoding="utf-8")
    exports = tmp_path / "club"
    exports.mkdir()
    (exports / "members-2026-01-15.json").write_text(EXPORT, encoding="utf-8")
    (exports / "events-2026-01-15.json").write_text(EXPORT, encoding="utf-8")
    monkeypatch.setenv("C360_CONNECTION_CLUB_EXPORTS", str(exports))

    console = Console(file=io.StringIO(), width=200)
    assert pull_feeds(puller.settings, ["club.members"], console, NOW) == 0
    (result,) = puller.load()
    assert (result.rows_loaded, result.rows_quarantined) == (2, 0)
    assert puller.rows("select id, name, joined_at, fee from raw.club__members order by id") == [
        ("65a5f0c2e4b0a1b2c3d4e5f6", "Zoë", "2024-01-15T14:30:00.500Z", "12.50"),
        ("65a5f0c2e4b0a1b2c3d4e5f7", "Ann", "2024-01-15T14:30:00Z", "7"),
    ]
