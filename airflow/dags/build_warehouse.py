"""### Build, test and publish the warehouse

**Owner:** customer360 · **Starts on:** new raw data (asset `c360_raw_data`), or by hand ·
**Tells:** whoever listens to the asset `c360_warehouse`, after a publication

dbt fills the layers one by one, each with its tests; the gates then judge the whole build; only
what passes them is swapped into `warehouse`, in one transaction. Until then readers see the
publication before. `start_build` makes the `build_id` under which `ops.builds`,
`ops.node_results`, `ops.gate_results` and `ops.publications` keep what came of the run.

After the identity layer, `evaluate_identity` compares the matching with the generators' truth,
where the data directory holds one, and keeps the counts for `match_quality`; else it does nothing.

Before the marts, `fit_models` fits the lifetime models to the layers below and keeps the parameters
in `ops.lifetime_fits`. Data that do not support a fit are no failure: the marts then show naive
estimates and say so.

With `C360_DBT_TASKS=models` the layers become one group with a task per model and one for its
tests, to watch and rerun each; the gates and the publication stay the same. One `dbt build` makes
all of them, so these two come after it, and the marts show what they found in the run before.

**When it is red** the warehouse is as it was.
- A layer: the log names the model or test, its file and the first error. Mend it, then clear the
  task with all downstream; or clear the whole run, which starts a new build.
- `check_gates`: the log names each gate that failed and why. It is not tried again by itself: the
  same data and the same code would fail again.
- `publish`: after three retries, for a lock that another session holds or trouble of the
  database. Clear it once that is over.
"""

from airflow.sdk import TaskGroup, chain, dag, task
from c360_wiring import DAG_DEFAULTS, RAW_DATA, WAREHOUSE

from customer360.settings import get_settings
from customer360.transformation.layers import LAYERS


@task
def start_build() -> str:
    """Return the id of a new build, which the other tasks share, also when some are cleared."""
    from customer360.database.setup import ensure_database
    from customer360.transformation.build import new_build_id

    ensure_database(get_settings())
    return new_build_id()


@task
def build_layer(layer: str, build_id: str) -> float:
    """Build and test one layer; return the seconds that dbt took.

    It is tried again if the database was away.
    """
    from customer360.transformation.build import run_layer
    from customer360.transformation.dbt_runner import DbtFailed
    from customer360.transformation.layers import layer_named
    from customer360.transformation.trouble import raise_database_trouble

    try:
        return run_layer(get_settings(), layer_named(layer), build_id).seconds
    except DbtFailed as failure:
        raise_database_trouble(failure)
        raise


@task
def evaluate_identity() -> float | None:
    """Compare identity with the generators' truth; return the precision, None without a truth."""
    from datetime import UTC, datetime

    from customer360.identity.evaluation import evaluate_where_truth_is_known

    evaluation = evaluate_where_truth_is_known(get_settings(), datetime.now(UTC))
    return evaluation.pairs.precision if evaluation else None


@task
def fit_models(build_id: str) -> dict[str, str]:
    """Fit the lifetime models to the layers built so far; return what came of each."""
    from customer360.lifetime.step import run_models_step

    outcomes = run_models_step(get_settings(), build_id)
    return {outcome.model: outcome.reason or outcome.status for outcome in outcomes}


@task
def check_gates(build_id: str) -> None:
    """Judge the build; fail for good if one gate does not pass, or another build came between."""
    from customer360.publishing.gates import evaluate_gates

    evaluate_gates(get_settings(), build_id).require_passed()


@task(outlets=[WAREHOUSE])
def publish(build_id: str) -> None:
    """Swap the build into the warehouse, unless an earlier attempt of this task already did."""
    from customer360.database.connection import connect
    from customer360.publishing import publisher
    from customer360.publishing.builds import is_published

    with connect(get_settings()) as connection:
        is_done = is_published(connection, build_id)
    if not is_done:
        publisher.publish(get_settings(), build_id)


def layer_tasks(build_id: str) -> TaskGroup:
    """Wire one task per layer, one after the other."""
    with TaskGroup("layers", prefix_group_id=False) as group:
        steps = []
        for layer in LAYERS:
            if layer.reads_evaluation:
                steps.append(evaluate_identity())
            if layer.reads_models:
                steps.append(fit_models(build_id))
            steps.append(build_layer.override(task_id=layer.name)(layer.name, build_id))
        chain(*steps)
    return group


@dag(schedule=[RAW_DATA], doc_md=__doc__, **DAG_DEFAULTS)
def build_warehouse() -> None:
    """Wire: the layers (or the models), the gates, the publication."""
    build_id = start_build()
    gates = check_gates(build_id)
    if get_settings().dbt_tasks == "models":
        from c360_models import model_tasks

        models = model_tasks("start_build")
        chain(build_id, models, evaluate_identity(), fit_models(build_id), gates)
    else:
        chain(build_id, layer_tasks(build_id), gates)
    chain(gates, publish(build_id))


build_warehouse()
