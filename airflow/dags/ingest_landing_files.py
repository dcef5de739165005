"""### Load the landing files that are new into `raw`

**Owner:** customer360 · **Starts on:** new landing files (asset `c360_landing_files`), or by hand ·
**Tells:** `build_warehouse`, by the asset `c360_raw_data`

One mapped task per source system that has files which no load has seen yet (a file is known by the
SHA-256 of its bytes). Systems load side by side; the files of one load one after the other, in the
order of their names, because the version of a row that was delivered last wins. A run that finds
nothing new ends green, and starts no build unless what was loaded before never got published.

**When it is red**
- `report_rejected_files` names each file that breaks its contract, the line, and what to do. The
  good files are loaded and on their way to the warehouse already. Deliver the corrected file under
  any name and start this DAG again.
- `load_files`: after three retries, for trouble of the database or the disk; its log names the
  file. Other feeds are loaded all the same, later files of that feed wait. Clear the task once that
  is over: no file is ever loaded twice.
- `list_pending_files`: the database cannot be reached, or a feed's contract cannot be read.
"""

from itertools import chain
from typing import Any

from airflow.sdk import TriggerRule, dag, task
from c360_wiring import DAG_DEFAULTS, LANDING_FILES, RAW_DATA


@task
def list_pending_files() -> list[dict[str, Any]]:
    """Return the files that are to be loaded, by the source system that delivered them."""
    from customer360.database.setup import ensure_database
    from customer360.landing.discovery import by_source, pending_files
    from customer360.settings import get_settings

    settings = get_settings()
    ensure_database(settings)
    found = by_source(settings, pending_files(settings))
    return [{"source": source, "paths": list(map(str, paths))} for source, paths in found.items()]


@task(map_index_template="{{ delivered }}")
def load_files(source: str, paths: list[str]) -> list[dict[str, Any]]:
    """Load files in order; a rejection is a result, reported at the end, no failure of the task."""
    from dataclasses import asdict
    from pathlib import Path

    from airflow.sdk import get_current_context

    from customer360.landing.loader import load_in_order
    from customer360.settings import get_settings

    files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    get_current_context()["delivered"] = f"{source} ({files})"
    return list(map(asdict, load_in_order(get_settings(), list(map(Path, paths)))))


@task(outlets=[RAW_DATA], trigger_rule=TriggerRule.ALL_DONE)
def announce_loaded_data(loaded: list[list[dict[str, Any]]]) -> None:
    """Emit the asset if this run loaded anything or an earlier load was never published."""
    from airflow.sdk.exceptions import AirflowSkipException

    from customer360.publishing.freshness import unpublished_batches
    from customer360.settings import get_settings

    is_loaded = any(result["status"] == "loaded" for result in chain.from_iterable(loaded))
    if not is_loaded and unpublished_batches(get_settings()) == 0:
        raise AirflowSkipException("Nothing new: the warehouse holds all that was loaded.")


@task(trigger_rule=TriggerRule.ALL_DONE)
def report_rejected_files(
    pending: list[dict[str, Any]], loaded: list[list[dict[str, Any]]]
) -> None:
    """Turn the run red if a file was rejected or could not be loaded, naming each."""
    from airflow.sdk.exceptions import AirflowFailException

    results = list(chain.from_iterable(loaded))
    files = sum(len(delivered["paths"]) for delivered in pending)
    problems = [result["message"] for result in results if result["status"] == "rejected"]
    if len(results) < files:
        unknown = f"{files - len(results)} of {files} files"
        problems.append(f"{unknown} are not known to be loaded: see the red load tasks.")
    if problems:
        raise AirflowFailException("\n".join(problems))


@dag(schedule=[LANDING_FILES], doc_md=__doc__, **DAG_DEFAULTS)
def ingest_landing_files() -> None:
    """Wire: list, one load per source system, tell the build, then say what was rejected."""
    pending = list_pending_files()
    loaded = load_files.expand_kwargs(pending)
    announce_loaded_data(loaded) >> report_rejected_files(pending, loaded)


ingest_landing_files()
