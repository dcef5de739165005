"""The matching on what the generators deliver, against their truth."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from customer360.database.setup import ensure_database
from customer360.identity.evaluation import evaluate
from customer360.identity.step import COMPARED
from customer360.identity.training import train
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.conftest import fresh_database

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RECORDS = 3_000
BUILD = "tests"
ONLY_MODELS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def match(settings: Settings) -> None:
    """Load all files, compare, train and cluster, as a first build does."""
    ensure_database(settings)
    for path in sorted(path for path in settings.landing_dir.rglob("*") if path.is_file()):
        assert load_file(settings, path).status == "loaded"
    compared = [f"+{selection.rpartition('+')[2]}" for selection in COMPARED]
    seeds = "identity_default_weights"
    run_dbt(settings, ["build", "--select", *compared, seeds, *ONLY_MODELS], BUILD)
    train(settings, NOW)
    run_dbt(settings, ["build", "--select", "+identity_customers", *ONLY_MODELS], BUILD)


@pytest.mark.parametrize("seed", [7, 1969])
def test_people_of_any_seed_are_found(server: Settings, tmp_path: Path, seed: int) -> None:
    generate(GeneratorConfig(customers=RECORDS, seed=seed, output=tmp_path))
    with fresh_database(server, tmp_path) as settings:
        match(settings)
        pairs = evaluate(settings, tmp_path / "truth", NOW).pairs
    assert pairs.records_only_in_truth == pairs.records_only_in_warehouse == 0
    assert pairs.precision is not None
    assert pairs.recall is not None
    assert pairs.precision >= 0.995
    f1 = 2 * pairs.correct_pairs / (pairs.found_pairs + pairs.true_pairs)
    assert f1 >= 0.985, (pairs.precision, pairs.recall)
