"""Overrides: a person lets one gate of one build pass, with a reason that is kept in ops."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass

from customer360.database.connection import Connection
from customer360.publishing.results import GateResult

ALL = "all"
_LEAST_REASON = 10  # characters; "ok" explains nothing to whoever asks in a year


class OverrideRefused(Exception):  # noqa: N818 - the name says what happened
    """What was named cannot be overridden, or the reason is none; the text says which."""


@dataclass(frozen=True)
class Override:
    """A row of ops.gate_overrides."""

    gate: str
    subject: str
    reason: str
    accepted_by: str


def overridable(
    results: Sequence[GateResult], names: Sequence[str], reason: str
) -> list[GateResult]:
    """Return the failed verdicts that `names` (GATE:SUBJECT, or `all`) mean.

    Raises:
        OverrideRefused: if one does not stand in the way or must never be overridden, or the
            reason is shorter than ten characters.
    """
    if len(reason.strip()) < _LEAST_REASON:
        raise OverrideRefused("Give a --reason that explains the override to whoever asks later.")
    open_results = {result.name: result for result in results if result.may_be_waived}
    wanted = list(open_results) if ALL in names else list(names)
    unknown = [name for name in wanted if name not in open_results]
    if unknown or not wanted:
        known = ", ".join(open_results) or "none"
        raise OverrideRefused(
            f"Not to be overridden: {', '.join(unknown) or ALL}. Of this build may be: {known}."
        )
    return [open_results[name] for name in wanted]


def record_overrides(
    connection: Connection, build_id: str, results: Sequence[GateResult], reason: str
) -> None:
    """Keep who overrode what, and why."""
    with connection.cursor() as cursor:
        for result in results:
            cursor.execute(
                "insert into ops.gate_overrides (build_id, gate, subject, reason, accepted_by) "
                "values (%s, %s, %s, %s, %s)",
                [build_id, result.gate, result.subject, reason.strip(), getpass.getuser()],
            )


def overrides_of(connection: Connection, build_id: str) -> list[Override]:
    """Return the overrides of a build, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select gate, subject, reason, accepted_by from ops.gate_overrides "
            "where build_id = %s order by override_id",
            [build_id],
        )
        return [Override(*row) for row in cursor.fetchall()]


def apply_overrides(
    results: Sequence[GateResult], overrides: Sequence[Override]
) -> tuple[GateResult, ...]:
    """Let through what was overridden, where it may be."""
    by_name = {f"{override.gate}:{override.subject}": override for override in overrides}
    return tuple(_apply(result, by_name.get(result.name)) for result in results)


def _apply(result: GateResult, override: Override | None) -> GateResult:
    if override is None or not result.may_be_waived:
        return result
    return result.waived(override.reason, override.accepted_by)
