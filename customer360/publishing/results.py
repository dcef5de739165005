"""The verdict of a gate, and what several verdicts mean together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from customer360.publishing.builds import Build


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

    def waived(self) -> "GateResult":
        """Return this result let through, if it failed and may be."""
        if self.status is not Status.FAILED or not self.is_waivable:
            return self
        return replace(self, status=Status.WAIVED, message=f"{self.message} Accepted by hand.")


def verdict(  # noqa: PLR0913 - the columns of ops.gate_results
    gate: str, subject: str, *, passed: bool, observed: object, expected: object, message: str
) -> GateResult:
    """Return the result of a gate that nobody may waive."""
    status = Status.PASSED if passed else Status.FAILED
    return GateResult(gate, subject, status, str(observed), str(expected), message)


@dataclass(frozen=True)
class GateReport:
    """All verdicts on the newest build, and the rows that its tables hold."""

    build: Build
    results: tuple[GateResult, ...]
    table_rows: Mapping[str, int]

    @property
    def failed(self) -> tuple[GateResult, ...]:
        """The verdicts that stand against a publication."""
        return tuple(result for result in self.results if result.status is Status.FAILED)


class GatesFailed(Exception):  # noqa: N818 - the name says what happened
    """At least one gate stands against the publication; the text says which and why."""

    def __init__(self, build_id: str, failed: Sequence[GateResult]) -> None:
        self.failed = tuple(failed)
        lines = [f"Build {build_id} is not published, the warehouse is as it was:"]
        lines += [f"- {result.gate} ({result.subject}): {result.message}" for result in failed]
        super().__init__("\n".join(lines))
