"""Generations that the tests look at, made once."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_generators import plan
from data_generators.config import GeneratorConfig
from data_generators.generate import GenerationSummary, generate

Row = dict[str, str]


@dataclass(frozen=True)
class Generation:
    """A generation on disk."""

    config: GeneratorConfig
    summary: GenerationSummary

    def truth(self, name: str, source: str | None = "shop") -> list[Row]:
        """Return the rows of a truth file, as far as they are about a source, if one is given."""
        rows = read(self.config.output / "truth" / f"{name}.csv")
        return [row for row in rows if source in {None, source_of(row) or source}]

    def files(self, table: str, source: str = "shop") -> list[Path]:
        """Return a csv feed's files in order of delivery."""
        return sorted((self.config.output / "landing" / source / table).glob("*.csv"))

    def deliveries(self, table: str, source: str = "shop") -> list[tuple[str, Row]]:
        """Return every delivered row with its delivery day."""
        return [
            (path.name.removeprefix(f"{source}_{table}_")[:10], row)
            for path in self.files(table, source)
            for row in read(path)
        ]

    def rows(self, table: str, source: str = "shop") -> dict[str, Row]:
        """Return the delivered rows by key, which is the first column."""
        return {next(iter(row.values())): row for _, row in self.deliveries(table, source)}

    def undone(self, table: str, source: str = "shop") -> dict[str, Row]:
        """Return delivered rows with every named defect undone."""
        rows = self.rows(table, source)
        for finding in reversed(self.truth("defects", source)):
            if finding["feed"] == f"{source}.{table}" and finding["column"]:
                rows[finding["record_key"]][finding["column"]] = finding["value_before"]
        return rows

    def people(self, source: str) -> dict[str, str]:
        """Return the person behind each record of a source."""
        return {row["source_id"]: row["person_id"] for row in self.truth("records", source)}

    def defects(self, name: str, feed: str | None = None, source: str = "shop") -> list[Row]:
        """Return a source's findings of a defect."""
        return [
            finding
            for finding in self.truth("defects", source)
            if finding["defect"] == name and feed in {None, finding["feed"]}
        ]

    def counts(self) -> Counter[tuple[str, str]]:
        """Return truth/defect_counts.csv, of all sources."""
        rows = self.truth("defect_counts", source=None)
        return Counter({(row["feed"], row["defect"]): int(row["rows"]) for row in rows})


def source_of(row: Row) -> str:
    """Return the source that a row of truth is about; empty where it is about people."""
    return row.get("source") or row.get("feed", "").partition(".")[0]


def read(path: Path) -> list[Row]:
    """Return the rows of a csv file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def made(config: GeneratorConfig) -> Generation:
    """Generate and return what is on disk."""
    return Generation(config, generate(config))


@pytest.fixture(scope="package", autouse=True)
def small_blocks() -> Iterator[None]:
    """Make blocks so small that a few hundred records need several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "BLOCK_RECORDS", 700)
        yield


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """One file per feed."""
    return made(GeneratorConfig(customers=2_000, seed=7, output=tmp_path_factory.mktemp("whole")))


@pytest.fixture(scope="package")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """The same with the last 60 days delivered one by one."""
    output = tmp_path_factory.mktemp("daily")
    return made(GeneratorConfig(customers=2_000, seed=7, days=60, output=output))
