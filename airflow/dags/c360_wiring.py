"""What the DAGs share: the assets between them, and when a failed task is tried again."""

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

LANDING_FILES = Asset("c360_landing_files")
RAW_DATA = Asset("c360_raw_data")
WAREHOUSE = Asset("c360_warehouse")

# Trouble of the database or the machine may pass; a bug, bad input or a failed gate does not.
RETRY_WHAT_MAY_PASS = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[
                OSError,
                "psycopg2.InterfaceError",
                "psycopg2.OperationalError",
                "customer360.exporting.outcomes.ExportBusy",
                "customer360.publishing.publisher.WarehouseBusy",
                "customer360.transformation.build.BuildBusy",
                "customer360.transformation.trouble.DatabaseTroubleError",
            ],
            action=RetryAction.RETRY,
            reason="The database or the machine was in trouble or busy, which may pass",
        )
    ],
    default=RetryAction.FAIL,
)


def _task_ended(context: Any, state: str) -> None:
    """Write the attempt to the run log; tell people of a failure for good."""
    from customer360.operations.callbacks import task_ended
    from customer360.settings import get_settings

    task_ended(get_settings(), context, state)


def record_success(context: Any) -> None:
    """Take up that a task succeeded."""
    _task_ended(context, "success")


def record_failure(context: Any) -> None:
    """Take up that a task failed for good, and tell people where settings say so."""
    _task_ended(context, "failed")


def record_retry(context: Any) -> None:
    """Take up that a task failed and is tried again."""
    _task_ended(context, "up_for_retry")


def record_skip(context: Any) -> None:
    """Take up that a task had nothing to do."""
    _task_ended(context, "skipped")


TASK_DEFAULTS: dict[str, Any] = {
    "owner": "customer360",
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "retry_policy": RETRY_WHAT_MAY_PASS,
    "on_success_callback": record_success,
    "on_failure_callback": record_failure,
    "on_retry_callback": record_retry,
    "on_skipped_callback": record_skip,
}

DAG_DEFAULTS: dict[str, Any] = {
    "catchup": False,
    "max_active_runs": 1,
    # Each waits for an asset or a person, so unpausing it by hand would only be a step to forget.
    "is_paused_upon_creation": False,
    "default_args": TASK_DEFAULTS,
    "tags": ["customer360"],
}
