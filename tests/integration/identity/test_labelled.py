"""The matching on files whose people are known: `customer360 identity evaluate FILE`."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.identity.commands import evaluate_labelled_file
from customer360.identity.labelled import COLUMNS, UnreadableLabels, evaluate_file, read_labelled
from customer360.settings import Settings

NOW = datetime(2026, 1, 2, tzinfo=UTC)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "labelled"


def databases(settings: Settings) -> set[str]:
    with connect(settings, database="postgres") as connection, connection.cursor() as cursor:
        cursor.execute("select datname from pg_database")
        return {name for (name,) in cursor}


@pytest.mark.parametrize("name", ["febrl1", "febrl3"])
def test_people_of_febrl_are_found_without_tuning(server: Settings, name: str) -> None:
    """Christen's FEBRL sets: up to five records a person, typing errors in every field."""
    before = databases(server)
    evaluation = evaluate_file(server, FIXTURES / f"{name}.csv", NOW)
    assert evaluation.pairwise.f1 >= 0.999
    assert evaluation.b_cubed.f1 >= 0.999
    assert databases(server) == before


def test_json_holds_the_scores_and_nothing_else_is_printed(
    server: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice the same source and id, an empty one and a colon: every row is a record."""
    path = tmp_path / "people.csv"
    rows = [
        ("a", "1", "Ann", "Bell", "ann@example.com", "", "1980-02-03", "", "", "", "", "p1"),
        ("a", "1", "Anne", "Bell", "ann@example.com", "", "19800203", "", "", "", "", "p1"),
        ("", "", "Zoe", "Quint", "", "0151 2345678", "03/02/1960", "", "", "", "", "p2"),
        ("b:c", "x y", "Max", "Stern", "", "", "", "1 Elm Rd", "York", "", "YO1", "p3"),
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([(*COLUMNS, "truth"), *rows])
    code = evaluate_labelled_file(server, Console(), NOW, path, threshold=0.5, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (found["records"], found["entities"], found["clusters"]) == (4, 3, 3)
    assert found["cluster"]["pairwise"]["f1"] == 1
    assert found["cluster"]["b3"]["f1"] == 1


def test_truth_is_kept_apart_from_the_records() -> None:
    records, people = read_labelled(FIXTURES / "febrl1.csv")
    assert set(people.values()) == {f"rec-{n}" for n in range(500)}
    assert all("truth" not in record for record in records)
    assert not any("rec-" in value for record in records for value in record.values())


def test_file_without_truth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(",".join(COLUMNS) + "\n" + "," * (len(COLUMNS) - 1) + "\n")
    with pytest.raises(UnreadableLabels, match="truth"):
        read_labelled(path)
