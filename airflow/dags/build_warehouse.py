"""
### Build, test and publish the warehouse

**Owner:** customer360 · **Starts on:** new raw data (asset `c360_raw_data`), or by hand · **Tells:** whoever listens
to the asset `c360_warehouse`, after a publication

dbt fills the layers one by one, each with its tests; the gates then judge the whole build; only what passes them is
swapped into `warehouse`, in one transaction. Until then readers see the publication before. All results of one run
share its run id as `build_id` in `ops.builds`, `ops.node_results` and `ops.gate_results`.

With `C360_DBT_TASKS=models` the layers become one group with a task per model and one for its tests, to watch and
rerun each; the gates and the publication stay the same.

**When it is red** the warehouse is as it was.
- A layer: the log names the model or test and the first error. Mend it, then clear that task with all downstream.
- `check_gates`: the log names each gate that failed and why. It is not tried again by itself: the same data and the
  same code would fail again.
- `publish`: red only for trouble of the database, after three retries. Clear it once that is mended.
"""  # noqa: D400 - markdown for the UI

from airflow.sdk import chain, dag, task
from c360_wiring import DAG_DEFAULTS, RAW_DATA, WAREHOUSE

from customer360.settings import get_settings
from customer360.transformation.layers import LAYERS


@task
def run_layer(layer: str, run_id: str) -> None:
    """Build and test one layer."""


@task
def check_gates(run_id: str) -> None:
    """Judge the build; fail for good if one gate does not pass."""


@task(outlets=[WAREHOUSE])
def publish(run_id: str) -> None:
    """Swap the build into the warehouse."""


@dag(schedule=[RAW_DATA], doc_md=__doc__, **DAG_DEFAULTS)
def build_warehouse() -> None:
    """Wire: the layers, the gates, the publication."""
    layers = [run_layer.override(task_id=layer.name)(layer.name) for layer in LAYERS]
    chain(*layers, check_gates(), publish())


build_warehouse()
