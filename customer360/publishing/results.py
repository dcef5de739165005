"""The verdict of a gate, and what several verdicts mean together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from psycopg2.sql import Composable

from customer360.publishing.builds import Build

_LOSSES_NAMED = 3


class Status(StrEnum):
    """How a gate ended."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"


@dataclass(frozen=True)
class GateResult:
    """One gate's verdict on one subject, in words for people and for ops.gate_results."""

    gate: str
    subject: str
    status: Status
    observed: str
    expected: str
    message: str
    is_waivable: bool = False
    # Finds the rows that the verdict rests on; without a limit.
    rows_query: Composable | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """Gate and subject, as a person names them to override the verdict."""
        return f"{self.gate}:{self.subject}"

    @property
    def may_be_waived(self) -> bool:
        """Whether this verdict stands in the way and may be overridden."""
        return self.status is Status.FAILED and self.is_waivable

    def waived(self, reason: str, accepted_by: str) -> "GateResult":
        """Return this result let through."""
        message = f"{self.message} Overridden by {accepted_by}: {reason}"
        return replace(self, status=Status.WAIVED, message=message)


def verdict(  # noqa: PLR0913 - the columns of ops.gate_results
    gate: str, subject: str, *, passed: bool, observed: object, expected: object, message: str
) -> GateResult:
    """Return the result of a gate that nobody may waive."""
    status = Status.PASSED if passed else Status.FAILED
    return GateResult(gate, subject, status, str(observed), str(expected), message)


class GatesFailed(Exception):  # noqa: N818 - the name says what happened
    """At least one gate stands against the publication; the text says which and why."""

    def __init__(
        self, build_id: str, failed: Sequence[GateResult], explanation: str | None = None
    ) -> None:
        """Say it in a few lines: an old as-of date alone fails the gates of most tables."""
        self.failed = tuple(failed)
        losses = [result for result in failed if result.is_waivable]
        others = [result for result in failed if not result.is_waivable]
        if len(losses) <= _LOSSES_NAMED:
            others, losses = list(failed), []
        lines = [f"Build {build_id} is not published, the warehouse is as it was:"]
        lines += [f"- {result.gate} ({result.subject}): {result.message}" for result in others]
        lines += _summary(losses)
        super().__init__("\n".join([*lines, explanation] if explanation else lines))


def _summary(losses: Sequence[GateResult]) -> list[str]:
    """Return one line for all losses, with the first of them as examples."""
    if not losses:
        return []
    examples = [f"{loss.subject} ({loss.observed}, {loss.expected})" for loss in losses]
    return [
        f"- {len(losses)} tables, sums or columns moved further than gates.yml allows: "
        f"{', '.join(examples[:_LOSSES_NAMED])} and {len(losses) - _LOSSES_NAMED} more. "
        "`customer360 gates` shows all, with their rows, and how to override them."
    ]


@dataclass(frozen=True)
class GateReport:
    """All verdicts on the newest build, and the rows that its tables hold."""

    build: Build
    results: tuple[GateResult, ...]
    table_rows: Mapping[str, int]
    live_as_of_date: date | None = None

    @property
    def failed(self) -> tuple[GateResult, ...]:
        """The verdicts that stand against a publication."""
        return tuple(result for result in self.results if result.status is Status.FAILED)

    @property
    def waived(self) -> tuple[GateResult, ...]:
        """The verdicts that a person has overridden."""
        return tuple(result for result in self.results if result.status is Status.WAIVED)

    def require_passed(self) -> None:
        """Refuse the publication if a gate stands against it.

        Raises:
            GatesFailed: which gates, and what an as-of date in the past has to do with it.
        """
        if self.failed:
            raise GatesFailed(self.build.build_id, self.failed, self._replay_explained())

    def _replay_explained(self) -> str | None:
        day, live_day = self.build.as_of_date, self.live_as_of_date
        if day is None or live_day is None or day >= live_day:
            return None
        return (
            f"The build is as of {day}, the warehouse as of {live_day}: what came between is not "
            "in a replay. `customer360 gates --override all --reason …` lets it pass, and "
            f"`customer360 rollback` later brings {live_day} back; to keep {live_day}, run "
            "`customer360 build` without --as-of-date."
        )
