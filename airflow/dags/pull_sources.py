"""### Pull feeds from the systems that have them

**Owner:** customer360 · **Starts:** by hand, or on the cron line in `C360_PULL_SCHEDULE` ·
**Tells:** `ingest_landing_files`, by the asset `c360_landing_files`

One mapped task per feed whose contract has a `pull` entry. Each asks only for what is new, by its
watermark, and writes immutable landing files. The entry names an Airflow connection, which holds
address and secrets (`http`, `postgres`, or `fs` for a directory); a feed whose connection nobody
made is skipped. A run that brings nothing new starts no load.

**When it is red** the feeds that are green were pulled, and are on their way to `raw`.
- `pull_feed` was tried again by itself for what may pass: a server that is away, busy or in
  trouble. Clear the task once that is over: it goes on after the last page that was complete.
- `PullFailed`: a person must mend something. The log says whether it is the connection's token, the
  feed's `pull` entry, or the source itself, and what to do.
- `list_pulled_feeds`: a feed's `pull` entry cannot be read; the log names file and entry.
"""

from typing import Any

from airflow.sdk import TriggerRule, dag, task
from c360_wiring import DAG_DEFAULTS, LANDING_FILES

from customer360.settings import get_settings


@task
def list_pulled_feeds() -> list[str]:
    """Return the feeds that say where they are pulled from."""
    from customer360.database.setup import ensure_database
    from customer360.extracting.definitions import load_pulls

    settings = get_settings()
    ensure_database(settings)
    return sorted(load_pulls(settings.dbt_project_dir))


@task(map_index_template="{{ feed_name }}")
def pull_feed(feed: str) -> dict[str, Any]:
    """Pull what is new of a feed; skip it if its connection is not there."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from airflow.sdk import Connection, get_current_context
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowSkipException

    from customer360.extracting import puller
    from customer360.extracting.definitions import load_pulls
    from customer360.extracting.endpoints import endpoint_of

    get_current_context()["feed_name"] = feed
    settings = get_settings()
    pull = load_pulls(settings.dbt_project_dir)[feed]
    name = pull.definition.connection
    try:
        found = Connection.get(name)
    except AirflowNotFoundException:
        raise AirflowSkipException(
            f"There is no connection {name}: nothing to pull from."
        ) from None
    endpoint = endpoint_of(
        name,
        conn_type=found.conn_type,
        host=found.host,
        port=found.port,
        login=found.login,
        password=found.password,
        schema=found.schema,
    )
    return asdict(puller.pull_feed(settings, pull, endpoint, datetime.now(UTC)))


@task(outlets=[LANDING_FILES], trigger_rule=TriggerRule.ALL_DONE)
def announce_pulled_files(results: list[dict[str, Any]]) -> None:
    """Emit the asset if there is anything new to load, also from a run that was cut short."""
    from airflow.sdk.exceptions import AirflowSkipException

    from customer360.landing.discovery import pending_files

    is_pulled = any(result["files"] for result in results or [])
    if not is_pulled and not pending_files(get_settings()):
        raise AirflowSkipException("Nothing new was pulled.")


@dag(schedule=get_settings().pull_schedule, doc_md=__doc__, **DAG_DEFAULTS)
def pull_sources() -> None:
    """Wire: list, one pull per feed, tell the load."""
    announce_pulled_files(pull_feed.expand(feed=list_pulled_feeds()))


pull_sources()
