"""Which customers the truth can tell, and what it says of them."""

import datetime as dt
from pathlib import Path

import pytest

from customer360.identity.evaluation import NoTruth
from customer360.lifetime.truth import is_alive_on, read_dropouts, whole_people


def test_only_whole_people_are_told() -> None:
    person_of_record = {"a:1": "P1", "a:2": "P1", "b:1": "P2", "b:2": "P3", "c:1": "P4"}
    records = [
        *(("a:1", "C1"), ("a:2", "C1")),  # all of one person
        *(("b:1", "C2"), ("b:2", "C2")),  # two people in one
        ("c:1", "C4"),
        ("x:9", "C5"),  # a record that no person is known of
    ]
    assert whole_people(person_of_record, records) == {"C1": "P1", "C4": "P4"}
    split = [("a:1", "C1"), ("a:2", "C2")]
    assert whole_people(person_of_record, split) == {}


def test_a_customer_with_an_unknown_record_is_left_out() -> None:
    assert whole_people({"a:1": "P1"}, [("a:1", "C1"), ("x:9", "C1")]) == {}


def test_who_leaves_after_the_day_is_alive_on_it() -> None:
    left = dt.datetime(2025, 6, 30, 23, 59, tzinfo=dt.UTC)
    assert not is_alive_on(left, dt.date(2025, 6, 30))
    assert is_alive_on(left, dt.date(2025, 6, 29))
    assert is_alive_on(None, dt.date(2025, 6, 30))


def test_dropouts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person_id,dropped_out_at\nP1,2025-06-30T10:00:00Z\nP2,\n")
    left = dt.datetime(2025, 6, 30, 10, tzinfo=dt.UTC)
    assert read_dropouts(path) == {"P1": left, "P2": None}


@pytest.mark.parametrize("text", ["person_id,name\nP1,Ada\n", "person_id,dropped_out_at\nP1,soon"])
def test_another_file_is_no_truth(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text)
    with pytest.raises(NoTruth, match="does not say when people left"):
        read_dropouts(path)
    with pytest.raises(NoTruth, match="There is no"):
        read_dropouts(tmp_path / "missing.csv")
