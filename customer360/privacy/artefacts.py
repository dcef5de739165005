"""Files that runs leave: extracts go; in logs and dbt's artefacts names are blotted out.

No artefact should name anybody, but a database's error quotes the value that it stumbled over.
"""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from customer360.settings import Settings
from customer360.transformation.dbt_runner import log_dir, target_dir

BLOT = b"[erased]"


def erase_artefacts(settings: Settings, names: Iterable[str]) -> int:
    """Remove all extracts; blot names out of logs and artefacts. Return how many files changed."""
    shutil.rmtree(settings.exports_dir, ignore_errors=True)
    own = settings.project_dir / "dbt_project"
    folders = [
        target_dir(settings),
        log_dir(settings),
        settings.data_dir / "airflow" / "logs",
        own / "target",
        own / "logs",
    ]
    wanted = _pattern(names)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sum(_blotted(path, wanted) for path in files)


def _pattern(names: Iterable[str]) -> re.Pattern[bytes]:
    longest_first = sorted(set(names), key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<![\w@.+-])(?:{words})(?![\w@+-])".encode(), re.IGNORECASE)


def _blotted(path: Path, wanted: re.Pattern[bytes]) -> bool:
    content, hits = wanted.subn(BLOT, path.read_bytes())
    if hits:
        path.write_bytes(content)  # in place: who has a log open writes on
    return hits > 0
