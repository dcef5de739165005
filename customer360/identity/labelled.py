"""Judge the matching on a file of records whose people are known, in a database of its own.

The records go the way of every delivery: through the feed external_customers, staging and the same
identity models, with weights trained on them alone. Who is who, the column truth, never gets there:
it is compared with the clusters here.
"""

import csv
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg2.sql import SQL, Identifier
from pydantic import SecretStr

from customer360.database import embedded
from customer360.database.connection import connect, dsn
from customer360.database.initialise import create_database
from customer360.database.setup import ensure_database
from customer360.identity.pairs import Agreement, PairCounts, agree, count_pairs
from customer360.identity.training import train
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.build import new_build_id
from customer360.transformation.dbt_runner import run_dbt

COLUMNS = (
    *("source", "source_id", "first_name", "last_name", "email", "phone", "dob"),
    *("street", "city", "state", "postcode"),
)
TRUTH = "truth"
_FEED = "external_customers"
_SOURCE = "labelled"
_COMPARED = ("+identity_patterns", "+identity_random_patterns", "identity_default_weights")
_ONLY_MODELS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_RULES = """
    select
        blocks.blocking_rule,
        sum(blocks.number_of_pairs) filter (where blocks.is_used) as pairs,
        max(found.pairs) as new_pairs,
        count(*) filter (where not blocks.is_used) as skipped_blocks
    from identity.identity_blocks as blocks
    left join (
        select rule_number, count(*) as pairs from identity.identity_candidate_pairs group by 1
    ) as found on blocks.rule_number = found.rule_number
    group by blocks.rule_number, blocks.blocking_rule
    order by blocks.rule_number
"""


class UnreadableLabels(Exception):  # noqa: N818 - the name says what happened
    """The file is no list of records with a truth."""


@dataclass(frozen=True)
class Rule:
    """What one blocking rule came to; new pairs are those that no rule before it found."""

    name: str
    pairs: int
    new_pairs: int
    skipped_blocks: int


@dataclass(frozen=True)
class LabelledEvaluation:
    """What came of a file: counts, seconds by step, and how the clusters agree with the truth."""

    records: int
    entities: int
    clusters: int
    seconds: Mapping[str, float]
    rules: tuple[Rule, ...]
    pairs: PairCounts
    pairwise: Agreement
    b_cubed: Agreement


def evaluate_file(
    settings: Settings, path: Path, now: datetime, threshold: float | None = None
) -> LabelledEvaluation:
    """Load, train, match and compare; the scratch database is dropped in the end.

    Raises:
        UnreadableLabels: if the file is missing, empty or lacks a column.
        DbtFailed: if a model failed.
    """
    records, people = read_labelled(path)
    seconds: dict[str, float] = {}
    with _scratch(settings, seconds) as scratch:
        with _timed(seconds, "load"):
            _load(scratch, records)
        build_id = new_build_id(now)
        variables = {} if threshold is None else {"identity_match_threshold": threshold}
        with _timed(seconds, "compare"):
            arguments = ["build", "--select", *_COMPARED, *_ONLY_MODELS]
            run_dbt(scratch, arguments, build_id, variables=variables)
        with _timed(seconds, "train"):
            train(scratch, now)
        with _timed(seconds, "cluster"):
            selection = ["+identity_clusters", "--exclude", *_COMPARED]
            arguments = ["build", "--select", *selection, *_ONLY_MODELS]
            run_dbt(scratch, arguments, build_id, variables=variables)
        clusters, rules = _found(scratch)
    return LabelledEvaluation(
        records=len(records),
        entities=len(set(people.values())),
        clusters=len(set(clusters.values())),
        seconds=seconds,
        rules=rules,
        pairs=count_pairs(people, clusters),
        pairwise=agree(people, clusters).pairwise,
        b_cubed=agree(people, clusters).b_cubed,
    )


def read_labelled(path: Path) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the rows without their truth, and the person of each row's key.

    Rows are numbered, and the numbers are their ids: what stands in source and source_id may be
    anything, also twice.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableLabels(f"{path} cannot be read: {error}") from None
    missing = [name for name in (*COLUMNS, TRUTH) if not rows or name not in rows[0]]
    if missing:
        raise UnreadableLabels(f"{path} has no rows with the columns {', '.join(missing)}.")
    records = [
        {**{name: row[name] or "" for name in COLUMNS}, "source": _SOURCE, "source_id": str(number)}
        for number, row in enumerate(rows, start=1)
    ]
    people = {f"{_SOURCE}:{n}": row[TRUTH] or "" for n, row in enumerate(rows, start=1)}
    return records, people


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[step] = time.monotonic() - started


@contextmanager
def _scratch(settings: Settings, seconds: dict[str, float]) -> Iterator[Settings]:
    """Settings of an empty database beside the warehouse, with a data directory of its own."""
    stops = settings.uses_embedded_server and not embedded.is_running(settings.data_dir)
    name = f"identity_evaluation_{uuid.uuid4().hex[:12]}"
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as directory:
        with _timed(seconds, "prepare"):
            if settings.uses_embedded_server:
                embedded.start(settings.data_dir)
            create_database(settings, name)
            url = SecretStr(dsn(settings, name))
            own = {"data_dir": Path(directory), "database_url": url, "database_url_file": None}
            scratch = settings.model_copy(update=own)
        try:
            ensure_database(scratch)
            yield scratch
        finally:
            _drop(settings, name)
            if stops:
                embedded.stop(settings.data_dir)


def _drop(settings: Settings, name: str) -> None:
    with connect(settings, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(SQL("drop database if exists {} with (force)").format(Identifier(name)))


def _load(scratch: Settings, records: list[dict[str, str]]) -> None:
    path = scratch.landing_dir / _FEED / "labelled.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(records)
    result = load_file(scratch, path)
    if result.status != "loaded" or result.rows_loaded != len(records):
        raise UnreadableLabels(f"The feed took {result.rows_loaded} rows: {result.message}")


def _found(scratch: Settings) -> tuple[dict[str, str], tuple[Rule, ...]]:
    with connect(scratch) as connection, connection.cursor() as cursor:
        cursor.execute("select source_customer_key, cluster_key from identity.identity_clusters")
        clusters = dict(cursor.fetchall())
        cursor.execute(_RULES)
        rules = tuple(
            Rule(name, int(pairs or 0), int(new or 0), int(skipped))
            for name, pairs, new, skipped in cursor
        )
    return clusters, rules
