"""What a refused publication says: all of a few failures, a summary of many."""

from datetime import date

import pytest

from customer360.publishing.builds import Build
from customer360.publishing.results import GateReport, GateResult, GatesFailed, Status

DAY, LATER = date(2024, 3, 31), date(2024, 12, 31)


def lost(table: str) -> GateResult:
    message = f"1 rows; live: 9 ({table})."
    return GateResult("rows", table, Status.FAILED, "1", "at least 9", message, is_waivable=True)


def refusal(losses: int, day: date | None, live_day: date | None) -> list[str]:
    """Return the lines of the refusal of a build with a failed test and so many losses."""
    broken = GateResult("successful", "tests", Status.FAILED, "1", "0", "A test failed.")
    results = (*(lost(f"mart_{number}") for number in range(losses)), broken)
    report = GateReport(Build("b1", (), {}, as_of_date=day), results, {}, live_day)
    with pytest.raises(GatesFailed) as caught:
        report.require_passed()
    assert caught.value.failed == results
    return str(caught.value).splitlines()


def test_a_few_failures_are_told_one_by_one() -> None:
    lines = refusal(3, LATER, LATER)
    assert len(lines) == 1 + 3 + 1
    assert "- rows (mart_2): 1 rows; live: 9 (mart_2)." in lines


def test_many_losses_are_one_line_that_names_the_remedy() -> None:
    header, broken, summary = refusal(60, LATER, LATER)
    assert "Build b1 is not published" in header
    assert "A test failed." in broken
    assert "60 tables, sums or columns" in summary
    assert "mart_0 (1, at least 9)" in summary
    assert "and 57 more" in summary
    assert "`customer360 gates`" in summary


def test_a_replay_is_told_from_a_loss() -> None:
    explanation = refusal(60, DAY, LATER)[-1]
    assert "as of 2024-03-31, the warehouse as of 2024-12-31" in explanation
    assert "--override all" in explanation


@pytest.mark.parametrize(("day", "live_day"), [(LATER, LATER), (LATER, DAY), (DAY, None)])
def test_no_other_build_is_called_a_replay(day: date, live_day: date | None) -> None:
    assert "replay" not in "\n".join(refusal(60, day, live_day))


def test_nothing_stands_against_a_build_that_passed() -> None:
    GateReport(Build("b1", (), {}), (), {}, LATER).require_passed()
