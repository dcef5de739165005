"""### Write the published marts as files

**Owner:** customer360 · **Starts on:** a publication (asset `c360_warehouse`), or by hand ·
**Tells:** nobody; `exports/latest` in the data directory leads to what it wrote

One CSV and one Parquet file per mart, with `manifest.json` (rows, columns, SHA-256), of what the
role `c360_bi` may read: no personal data. A folder appears whole or not at all, and a publication
that was exported before is not written again. The newest `C360_EXPORTS_KEPT` folders are kept.

**When it is red** the warehouse is as it was published, and the extracts before it still lie there.
- No space or no right on the disk: the log names the file. Make room, then clear the task.
- `UnreadableValue`: a mart holds a value that has no place in its column's type, such as a date
  `infinity`. Mend the model, publish again; the next publication starts this DAG anew.
- Another export runs, or the database is away: it is tried again by itself.
"""

from airflow.sdk import dag, task
from c360_wiring import DAG_DEFAULTS, WAREHOUSE


@task
def export() -> str:
    """Export the live publication for the BI role; return the folder."""
    from datetime import UTC, datetime

    from customer360.exporting import exporter
    from customer360.settings import get_settings

    return str(exporter.export(get_settings(), datetime.now(UTC)).directory)


@dag(schedule=[WAREHOUSE], doc_md=__doc__, **DAG_DEFAULTS)
def export_marts() -> None:
    """Wire: one task."""
    export()


export_marts()
