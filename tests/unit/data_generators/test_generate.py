"""A generation is a function of its settings, complete, and never mixed with another."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from customer360.landing.contracts import load_contracts
from customer360.settings import PROJECT_DIR
from data_generators import blocks
from data_generators import generate as generate_module
from data_generators.catalogue import Catalogue
from data_generators.config import ConfigError, DefectRates, GeneratorConfig
from data_generators.generate import GENERATION_FILE, generate
from data_generators.population.people import Block
from data_generators.sources import SOURCES
from data_generators.sources.base import Integers, Observation
from data_generators.sources.records import Differences, describe, register
from data_generators.sources.shop import Shop
from data_generators.tables import Feed, Table
from data_generators.writing import OutputError
from tests.unit.data_generators.conftest import Generation, made, read

FIVE_DAYS = {"start": dt.date(2025, 1, 1), "end": dt.date(2025, 1, 5)}


def contents(output: Path) -> dict[str, bytes]:
    """Return every file by relative path."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    }


def test_workers_change_no_byte(daily: Generation, tmp_path: Path) -> None:
    config = daily.config
    other = GeneratorConfig(config.customers, config.seed, days=60, output=tmp_path, workers=2)
    generate(other)
    assert contents(tmp_path) == contents(config.output)


def test_another_seed_is_another_world(whole: Generation, tmp_path: Path) -> None:
    generate(GeneratorConfig(2_000, seed=8, output=tmp_path))
    here = contents(whole.config.output)
    there = contents(tmp_path)
    assert here["truth/people.csv"] != there["truth/people.csv"]


def test_pools_are_the_same_in_every_process() -> None:
    code = "from data_generators.pools import build_pools; print(build_pools()['IT'].cities[:99])"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PROJECT_DIR,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_running_again_changes_nothing(tmp_path: Path) -> None:
    config = GeneratorConfig(customers=20, output=tmp_path)
    generate(config)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")}
    generate(config)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")} == before


def test_another_generation_in_the_directory_is_refused(tmp_path: Path) -> None:
    generate(GeneratorConfig(customers=20, output=tmp_path))
    before = contents(tmp_path)
    with pytest.raises(OutputError, match="holds another generation"):
        generate(GeneratorConfig(customers=21, output=tmp_path))
    assert contents(tmp_path) == before


def test_a_delivered_file_is_never_changed(tmp_path: Path) -> None:
    config = GeneratorConfig(customers=20, output=tmp_path)
    generate(config)
    delivered = next(tmp_path.glob("landing/shop/returns/*.csv"))
    delivered.write_text("tampered with")
    with pytest.raises(OutputError, match="other content"):
        generate(config)
    assert delivered.read_text() == "tampered with"


def test_an_interrupted_run_leaves_no_file(tmp_path: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(GeneratorConfig(customers=20, output=tmp_path), interrupt)
    assert list(tmp_path.iterdir()) == []


def test_one_customer_is_enough(tmp_path: Path) -> None:
    summary = generate(GeneratorConfig(customers=1, output=tmp_path))
    assert summary.rows["shop.customers"] == 1
    feeds = [feed for source in SOURCES for feed in source.feeds if feed.format == "csv"]
    assert len([path for path in summary.files if path.suffix == ".csv"]) == len(feeds)


def test_one_day_is_enough(tmp_path: Path) -> None:
    day = dt.date(2025, 3, 1)
    generation = made(GeneratorConfig(50, start=day, end=day, output=tmp_path))
    assert len(generation.truth("records", source=None)) == 50


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"customers": 0}, "customers is 0: ask for 1 or more"),
        ({"customers": -3}, "customers is -3"),
        ({"seed": -1}, "seed is -1"),
        ({"start": dt.date(2025, 1, 2), "end": dt.date(2025, 1, 1)}, "is before start"),
        ({**FIVE_DAYS, "days": 5}, "give 0 to 4"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_impossible_settings_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        GeneratorConfig(**values)  # type: ignore[arg-type]


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(ConfigError, match="typo is 1"):
        DefectRates(typo=1.5)
    with pytest.raises(ConfigError, match="date formats add up"):
        DefectRates(date_day_first=0.6, date_month_first=0.6)


def test_progress_counts_records(whole: Generation, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    generate(
        GeneratorConfig(whole.config.customers, output=tmp_path), lambda *step: seen.append(step)
    )
    assert seen == [(700, 2_000), (1_400, 2_000), (2_000, 2_000)]


def test_feeds_have_the_columns_of_their_contracts(whole: Generation) -> None:
    contracts = load_contracts(PROJECT_DIR / "dbt_project")
    for feed in (feed for source in SOURCES for feed in source.feeds):
        if feed.shape is None:
            assert feed.columns == contracts[feed.name].columns
        assert feed.format in contracts[feed.name].formats
    for table in ("customers", "products", "online_transactions", "returns"):
        for file in whole.files(table):
            header = tuple(file.read_text().splitlines()[0].split(","))
            assert header == contracts[f"shop.{table}"].columns


def test_the_generation_says_how_it_was_made(whole: Generation) -> None:
    described = json.loads((whole.config.output / GENERATION_FILE).read_text())
    assert described["customers"] == 2_000
    assert described["defects"]["duplicate_record"] == DefectRates().duplicate_record


MEMBERS = Feed("club", "members", ("member_id", "email", "joined_at"), "member_id", "joined_at")


class Club:
    """A second system with customers of its own, as a new source module would bring it."""

    name = "club"
    record_share = 3.0
    purchase_share = 0.0
    feeds = (MEMBERS,)

    def reference_tables(self, _: Catalogue) -> list[Table]:
        """There is none."""
        return []

    def observe(
        self,
        block: Block,
        purchases: Integers,  # noqa: ARG002 - members buy nothing
        catalogue: Catalogue,  # noqa: ARG002
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """See members."""
        plan = block.plan.accounts[self.name]
        keys = [f"M{number}" for number in range(plan.first, plan.first + plan.count)]
        accounts = register(block, plan, self.name)
        seen = Differences(MEMBERS.name, keys)
        cells = describe(block, accounts, self.name, seen)
        members = Table(MEMBERS, {"member_id": keys, "email": cells["email"]}, accounts.instants)
        assert list(earlier) == ["shop"]
        return Observation((members,), accounts.people, seen.findings)


def test_a_second_source_is_one_entry_in_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (blocks, generate_module):
        monkeypatch.setattr(module, "SOURCES", (Shop(), Club()))
    generation = made(GeneratorConfig(customers=400, output=tmp_path))
    records = generation.truth("records", source=None)
    assert Counter(row["source"] for row in records) == {"shop": 100, "club": 300}
    (file,) = (tmp_path / "landing/club/members").iterdir()
    assert len({row["member_id"] for row in read(file)}) == 300
    person = {row["source_id"]: row["person_id"] for row in records}
    members = {person[row["source_id"]] for row in records if row["source"] == "club"}
    shoppers = {person[row["source_id"]] for row in records if row["source"] == "shop"}
    assert len(members) == generation.summary.people > len(shoppers)
    assert {row["person_id"] for row in generation.truth("purchases")} <= shoppers
