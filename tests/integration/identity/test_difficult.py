"""The matching on records unlike those of the generators: `customer360 identity evaluate`."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customer360.identity.labelled import COLUMNS, evaluate_file
from customer360.settings import Settings
from tests.integration.identity.difficult_records import labelled_rows

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PEOPLE = 250


@pytest.mark.parametrize(
    ("kind", "least_precision", "least_f1"),
    [
        ("households", 0.9, 0.9),
        ("moves", 0.98, 0.96),
        ("historical", 0.99, 0.88),
        ("mailboxes", 0.98, 0.93),
    ],
)
def test_difficult_records_find_their_people(
    server: Settings, tmp_path: Path, kind: str, least_precision: float, least_f1: float
) -> None:
    path = tmp_path / f"{kind}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, (*COLUMNS, "truth"))
        writer.writeheader()
        writer.writerows(labelled_rows(kind, PEOPLE, seed=11))
    found = evaluate_file(server, path, NOW).pairwise
    assert found.precision is not None
    assert found.precision >= least_precision
    assert found.f1 is not None
    assert found.f1 >= least_f1
