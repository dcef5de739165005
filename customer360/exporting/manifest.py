"""manifest.json: what an extract holds, of which publication, and how to tell that it is whole."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from customer360.exporting.mart_files import ExtractFile
from customer360.exporting.snapshot import Mart
from customer360.publishing.publisher import Publication

FILE_NAME = "manifest.json"
VERSION = 1


def manifest_entry(mart: Mart, rows: int, files: tuple[ExtractFile, ...]) -> dict[str, Any]:
    """Return what the manifest says of one mart."""
    return {
        "name": mart.name,
        "description": mart.description,
        "rows": rows,
        "columns": [
            {"name": column.name, "type": column.type_name, "description": column.description}
            for column in mart.columns
        ],
        "withheld_columns": list(mart.withheld_columns),
        "files": [asdict(file) for file in files],
    }


def write_manifest(
    directory: Path,
    publication: Publication,
    role: str,
    exported_at: datetime,
    marts: list[dict[str, Any]],
) -> Path:
    """Write the manifest of the extract in `directory`."""
    content = {
        "manifest_version": VERSION,
        "publication_id": publication.publication_id,
        "build_id": publication.build_id,
        "kind": publication.kind,
        "as_of_date": str(publication.as_of_date) if publication.as_of_date else None,
        "published_at": publication.published_at.isoformat(),
        "exported_at": exported_at.isoformat(),
        "role": role,
        "currency": "EUR",
        "time_zone": "UTC",
        "marts": marts,
    }
    path = directory / FILE_NAME
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read the manifest of a finished extract."""
    content: dict[str, Any] = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
    return content
