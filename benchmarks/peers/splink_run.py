"""Splink (DuckDB, two threads) on a file of records; run in an environment of its own.

`python splink_run.py RECORDS.csv CLUSTERS.csv`: clusters go to the file, seconds and pairs as JSON
to standard output. Comparisons, blocking and training are what Splink's own documentation proposes
for people: its ready comparisons, term frequencies, two passes of expectation maximisation.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

THREADS = 2
THRESHOLD = 0.95
RECALL_OF_THE_SURE = 0.7
COLUMNS = ("first_name", "last_name", "email", "phone", "dob", "street", "city", "postcode")
BLOCKING_RULES = (
    ("email",),
    ("phone",),
    ("first_name", "last_name"),
    ("first_name", "dob"),
    ("last_name", "dob"),
    ("last_name", "city"),
    ("first_name", "city"),
    ("last_name", "substr(first_name, 1, 1)"),
    ("substr(first_name, 1, 3)", "substr(last_name, 1, 3)"),
    ("street",),
    ("postcode", "substr(last_name, 1, 1)"),
)
SURE_RULES = (("email", "last_name"), ("phone", "last_name"))
TRAINING_RULES = (("first_name", "last_name"), ("email",))

seconds: dict[str, float] = {}


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Keep how long the block took."""
    started = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - started


def settings() -> SettingsCreator:
    """Return the model before training."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="source_id",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in BLOCKING_RULES],
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode"),
        ],
    )


def candidate_pairs(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many pairs the blocking rules give, each counted once."""
    rules = []
    for rule in BLOCKING_RULES:
        parts = ", ".join(f"{part} as part_{index}" for index, part in enumerate(rule))
        keys = f"(select cast(source_id as integer) as record, {parts} from records)"
        same = " and ".join(f"l.part_{index} = r.part_{index}" for index in range(len(rule)))
        rules.append(
            f"select l.record as left_record, r.record as right_record from {keys} as l"
            f" inner join {keys} as r on {same} and l.record < r.record"
        )
    row = connection.execute(f"select count(*) from ({' union '.join(rules)})").fetchone()
    return int(row[0]) if row else 0


def main(records: str, clusters: str) -> None:
    """Load, train, score, cluster."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect(":memory:")
    connection.execute(f"set threads to {THREADS}")
    with timed("load"):
        columns = ", ".join(f"nullif(trim(lower({name})), '') as {name}" for name in COLUMNS)
        connection.execute(
            f"create table records as select source_id, {columns}"
            f" from read_csv('{records}', all_varchar = true)"
        )
        linker = Linker(DuckDBAPI(connection).register("records"), settings())
    with timed("train"):
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [block_on(*rule) for rule in SURE_RULES], recall=RECALL_OF_THE_SURE
        )
        training.estimate_u_using_random_sampling(seed=1)
        for rule in TRAINING_RULES:
            training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    with timed("score"):
        pairs = linker.inference.predict(threshold_match_probability=0.01)
    with timed("cluster"):
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=THRESHOLD
        )
        connection.execute(
            f"copy (select source_id, cluster_id from {found.physical_name})"
            f" to '{clusters}' (header)"
        )
    json.dump({"seconds": seconds, "candidate_pairs": candidate_pairs(connection)}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
