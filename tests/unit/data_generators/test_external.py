"""Systems without code of their own: one file each, in its format, and truth that covers all."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from data_generators.config import DefectRates, GeneratorConfig
from data_generators.sources.external import SYSTEMS
from tests.unit.data_generators.conftest import Generation, made

Row = Mapping[str, object]


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of a file of any format, null for what is empty."""
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                yield from ({k: v or None for k, v in row.items()} for row in csv.DictReader(file))
        case ".ndjson":
            yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())
        case ".parquet":
            yield from parquet.read_table(path).to_pylist()


def delivered(generation: Generation, table: str) -> list[Row]:
    folder = generation.config.output / f"landing/external_{table}"
    return [row for path in sorted(folder.iterdir()) for row in rows_of(path)]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """A generation in which nothing goes wrong, but people are as they are."""
    rates = DefectRates(**dict.fromkeys(vars(DefectRates()), 0.0))
    output = tmp_path_factory.mktemp("clean")
    return made(GeneratorConfig(customers=6_000, seed=3, output=output, defects=rates))


def test_each_system_delivers_in_its_own_format(clean: Generation) -> None:
    for table in ("customers", "transactions"):
        files = {
            next(str(row["source"]) for row in rows_of(path)): path.suffix.removeprefix(".")
            for path in (clean.config.output / f"landing/external_{table}").iterdir()
        }
        assert files == {system.name: system.format for system in SYSTEMS}


def test_truth_knows_every_record_under_its_system(clean: Generation) -> None:
    names = {system.name for system in SYSTEMS}
    truth = {
        (row["source"], row["source_id"])
        for row in clean.truth("records", source=None)
        if row["source"] in names
    }
    rows = delivered(clean, "customers")
    assert truth == {(row["source"], row["source_id"]) for row in rows}
    assert len(truth) == len(rows) == clean.summary.rows["external.customers"]


def test_what_people_bought_is_what_truth_says(clean: Generation) -> None:
    people = {
        (row["source"], row["source_id"]): row["person_id"]
        for row in clean.truth("records", source=None)
    }
    spent: Counter[str] = Counter()
    for row in delivered(clean, "transactions"):
        # A purchase is in the system whose account it names.
        person = people[str(row["source"]), str(row["customer_id"])]
        spent[person] += Decimal(str(row["amount"]))  # type: ignore[assignment]
    truth = {
        row["person_id"]: Decimal(row["amount"])
        for row in clean.truth("purchases", source=None)
        if row["source"] == "external"
    }
    assert truth
    assert dict(spent) == truth


def test_differences_are_named_by_the_canonical_columns(whole: Generation) -> None:
    columns = {
        finding["column"]
        for finding in whole.truth("defects", source=None)
        if "external" in finding["feed"]
    }
    assert "address" not in columns
    assert {"email", "transaction_at"} <= columns
