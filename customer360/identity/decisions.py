"""What stewards decide about who is who, kept in ops: appended to, never changed.

A decision names two records by their keys (source_name:id of the source), so it outlives every
rebuild, training and new delivery. The next build follows it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.publishing.relations import OPERATOR
from customer360.settings import Settings

Kind = Literal["link", "unlink", "undo"]
Ground = tuple[str, str]  # who decides, and why

_COLUMNS = """
    decisions.decision_id, decisions.kind, decisions.left_key, decisions.right_key,
    decisions.undone_decision_id, decisions.reason, decisions.decided_by, decisions.decided_at,
    undoings.decision_id
"""
_SELECT = f"""
    select {_COLUMNS}
    from ops.identity_decisions as decisions
    left join ops.identity_decisions as undoings
        on decisions.decision_id = undoings.undone_decision_id
"""  # noqa: S608 - constants only
_INSERT = """
    insert into ops.identity_decisions
        (kind, left_key, right_key, undone_decision_id, reason, decided_by)
    values (%s, least(%s, %s), greatest(%s, %s), %s, %s, %s)
    returning decision_id
"""


class CannotDecide(Exception):  # noqa: N818 - the name says what happened
    """The decision would be about nothing; the message says why."""


@dataclass(frozen=True)
class Decision:
    """A decision as it was kept; `undone_by` is the decision that took it back, if one did."""

    decision_id: int
    kind: Kind
    left_key: str | None
    right_key: str | None
    undone_decision_id: int | None
    reason: str
    decided_by: str
    decided_at: datetime
    undone_by: int | None


def decide_pair(settings: Settings, kind: Kind, keys: tuple[str, str], why: Ground) -> Decision:
    """Keep that the records `keys` are one customer (link) or two (unlink).

    Raises:
        CannotDecide: if a key is of no record, both are of one, or no reason is given.
    """
    with connect(settings, role=OPERATOR) as connection, connection, connection.cursor() as cursor:
        _require_reason(why)
        _require_records(cursor, keys)
        return _append(cursor, kind, (*keys, *keys, None), why)


def undo_decision(settings: Settings, decision_id: int, why: Ground) -> Decision:
    """Take a decision back; what was decided before about the two records holds again.

    Raises:
        CannotDecide: if there is no such decision, or it was taken back already.
    """
    with connect(settings, role=OPERATOR) as connection, connection, connection.cursor() as cursor:
        _require_reason(why)
        cursor.execute(f"{_SELECT} where decisions.decision_id = %s", [decision_id])
        row = cursor.fetchone()
        decision = Decision(*row) if row else None
        if decision is None or decision.kind == "undo":
            raise CannotDecide(f"There is no link or unlink {decision_id}: see `decisions`.")
        if decision.undone_by is not None:
            raise CannotDecide(f"{decision_id} was taken back already, by {decision.undone_by}.")
        return _append(cursor, "undo", (None, None, None, None, decision_id), why)


def list_decisions(settings: Settings) -> list[Decision]:
    """Return every decision, the newest first."""
    with connect(settings, role=OPERATOR) as connection, connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} order by decisions.decision_id desc")
        return [Decision(*row) for row in cursor.fetchall()]


def _append(cursor: Cursor, kind: Kind, about: tuple[object, ...], why: Ground) -> Decision:
    steward, reason = why
    cursor.execute(_INSERT, [kind, *about, reason.strip(), steward])
    ((decision_id,),) = cursor.fetchall()
    cursor.execute(f"{_SELECT} where decisions.decision_id = %s", [decision_id])
    return Decision(*(cursor.fetchone() or ()))


def _require_reason(why: Ground) -> None:
    if not why[1].strip():
        raise CannotDecide("Say why: whoever reads the decision later has nothing else to go by.")


def _require_records(cursor: Cursor, keys: tuple[str, str]) -> None:
    if keys[0] == keys[1]:
        raise CannotDecide(f"{keys[0]} is one record: a decision is about two.")
    cursor.execute("select to_regclass('identity.identity_records') is not null")
    if cursor.fetchone() != (True,):
        raise CannotDecide("Identity was not built yet: run `customer360 build` first.")
    cursor.execute(
        "select source_customer_key from identity.identity_records where source_customer_key in %s",
        [keys],
    )
    if missing := sorted(set(keys) - {str(key) for (key,) in cursor.fetchall()}):
        raise CannotDecide(
            f"No source has a record {' or '.join(missing)}. A key is the name of the source, a "
            "colon and its id there, as in shop:C0000017."
        )
