"""### Erase a customer, once somebody has approved it

**Owner:** customer360 · **Starts:** by hand, with the customer's id and the reason ·
**Tells:** nobody; the task `erase` returns the id of its proof in `ops.erasures`

`count_held_rows` finds the customer and counts what is held of them. Then the run waits under
*Required Actions* until somebody approves or rejects it there, for seven days at most; it takes no
worker and no triggerer meanwhile. Only *Approve* leads to the erasure, which cannot be undone;
rejected, it is skipped. Who started the run and who approved it stand in the proof. A program that
answers in the very second it is asked is asked again: Airflow counts no answer before its scheduler
knows that the run waits.

The next build makes the totals right: trigger `build_warehouse`. This run itself keeps the id it
was given, which then leads to nobody.

**When it is red**
- `HITLTimeoutError`: nobody answered in time and nothing was erased. Start another run.
- `UnknownCustomer` in `count_held_rows`: no such id; nothing was erased. In `erase`, after a first
  try that failed for want of space: the erasure is in `ops.erasures`, and the next load finishes
  the landing files.
- `BuildBusy` after all tries: a build runs longer than the task waits. Clear `erase` after it.
- `WrongKey`: see the runbook `key-lost.md`.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task
from c360_wiring import DAG_DEFAULTS

PARAMS = {
    "customer_id": Param(
        type="string", minLength=1, description="Whom to erase: customer_id, as marts show it."
    ),
    "reason": Param(
        type="string", minLength=1, description="Why, such as the number of the request; no names."
    ),
}
REQUEST = """
{{ ti.xcom_pull(task_ids='count_held_rows') }} rows are held of the customer
`{{ params.customer_id }}`. Approved, they go from everything that is kept, for good.

Reason: {{ params.reason }}. Asked for by {{ dag_run.triggering_user_name or 'nobody named' }}.
"""


@task
def count_held_rows(params: dict[str, Any]) -> int:
    """Return how many rows are held of the customer; fail where there is no such customer."""
    from customer360.privacy.access import count_held
    from customer360.settings import get_settings

    return count_held(get_settings(), params["customer_id"])


@task
def erase(approval: dict[str, Any], params: dict[str, Any], dag_run: Any) -> str:
    """Erase the customer; return the id of the proof, which names who asked and who approved."""
    from customer360.privacy import erasure
    from customer360.settings import get_settings

    approver = (approval["responded_by_user"] or {}).get("name", "nobody named")
    requested_by = f"{dag_run.triggering_user_name or 'nobody named'}, approved by {approver}"
    done = erasure.erase(
        get_settings(), params["customer_id"], requested_by=requested_by, reason=params["reason"]
    )
    return done.erasure_id


@dag(schedule=None, params=PARAMS, doc_md=__doc__, **DAG_DEFAULTS)
def erase_customer() -> None:
    """Wire: count, ask, erase."""
    approve = ApprovalOperator(
        task_id="approve",
        subject="Erase customer {{ params.customer_id }}?",
        body=REQUEST,
        response_timeout=timedelta(days=7),
    )
    count_held_rows() >> approve
    erase(approve.output)


erase_customer()
