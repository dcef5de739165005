"""### Load the landing files that are new into `raw`

**Owner:** customer360 · **Starts on:** new landing files (asset `c360_landing_files`), or by hand ·
**Tells:** `build_warehouse`, by the asset `c360_raw_data`

One mapped task per file that no load has seen yet (a file is known by the SHA-256 of its bytes).
The first file of each feed loads beside those of the other feeds (`load_first_file`); all others
load one after the other, in the order of their names (`load_later_file`), because the version of a
row that was delivered last wins. A run that finds nothing new ends green, and starts no build
unless what was loaded before never got published.

**When it is red**
- `report_rejected_files` names each file that breaks its contract, the line, and what to do. The
  good files are loaded and on their way to the warehouse already. Deliver the corrected file under
  any name and start this DAG again.
- `load_first_file`, `load_later_file`: after three retries, for trouble of the database or the
  disk. Clear the task once that is over: what was loaded is never loaded twice.
- `list_first_files`, `list_later_files`: the database cannot be reached, or a feed's contract
  cannot be read.
"""

from itertools import chain
from typing import Any

from airflow.sdk import TriggerRule, dag, task
from c360_wiring import DAG_DEFAULTS, LANDING_FILES, RAW_DATA


@task
def list_first_files() -> list[str]:
    """Return the first file of each feed that is to be loaded."""
    from customer360.database.setup import ensure_database
    from customer360.landing.discovery import first_of_each_feed, pending_files
    from customer360.settings import get_settings

    settings = get_settings()
    ensure_database(settings)
    return [str(path) for path in first_of_each_feed(settings, pending_files(settings))]


@task(trigger_rule=TriggerRule.ALL_DONE)
def list_later_files(first: list[str]) -> list[str]:
    """Return what is still to be loaded besides the first files, in the order of loading."""
    from customer360.landing.discovery import pending_files
    from customer360.settings import get_settings

    return [str(path) for path in pending_files(get_settings()) if str(path) not in first]


def load(path: str) -> dict[str, Any]:
    """Load one file; a rejection is a result, reported at the end, not a failure of the task."""
    from dataclasses import asdict
    from pathlib import Path

    from airflow.sdk import get_current_context

    from customer360.landing import loader
    from customer360.settings import get_settings

    get_current_context()["file_name"] = Path(path).name
    return asdict(loader.load_file(get_settings(), Path(path)))


@task(map_index_template="{{ file_name }}")
def load_first_file(path: str) -> dict[str, Any]:
    """Load the first pending file of a feed."""
    return load(path)


@task(
    map_index_template="{{ file_name }}",
    max_active_tis_per_dagrun=1,
    trigger_rule=TriggerRule.ALL_DONE,
)
def load_later_file(path: str) -> dict[str, Any]:
    """Load a file whose feed had another one before it, also where that one failed."""
    return load(path)


@task(outlets=[RAW_DATA], trigger_rule=TriggerRule.ALL_DONE)
def announce_loaded_data(first: list[dict[str, Any]], later: list[dict[str, Any]]) -> None:
    """Emit the asset if this run loaded anything or an earlier load was never published."""
    from airflow.sdk.exceptions import AirflowSkipException

    from customer360.publishing.freshness import unpublished_batches
    from customer360.settings import get_settings

    is_loaded = any(result["status"] == "loaded" for result in chain(first, later))
    if not is_loaded and unpublished_batches(get_settings()) == 0:
        raise AirflowSkipException("Nothing new: the warehouse holds all that was loaded.")


@task(trigger_rule=TriggerRule.ALL_DONE)
def report_rejected_files(
    pending: list[list[str]], first: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    """Turn the run red if a file was rejected or could not be loaded, naming each."""
    from airflow.sdk.exceptions import AirflowFailException

    results = [*first, *later]
    files = sum(map(len, pending))
    problems = [result["message"] for result in results if result["status"] == "rejected"]
    if len(results) < files:
        problems.append(
            f"{files - len(results)} of {files} files could not be loaded: see the red load tasks."
        )
    if problems:
        raise AirflowFailException("\n".join(problems))


@dag(schedule=[LANDING_FILES], doc_md=__doc__, **DAG_DEFAULTS)
def ingest_landing_files() -> None:
    """Wire: list, one load per file, tell the build, then say what was rejected."""
    first_files = list_first_files()
    first = load_first_file.expand(path=first_files)
    later_files = list_later_files(first_files)
    later = load_later_file.expand(path=later_files)
    first >> later_files
    report = report_rejected_files([first_files, later_files], first, later)
    announce_loaded_data(first, later) >> report


ingest_landing_files()
