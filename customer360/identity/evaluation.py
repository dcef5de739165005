"""Compare identity with the generators' truth, and keep the counts in ops.

The truth is read from its file and compared here: it never comes into the database, so no model
can come to rely on it. The mart match_quality shows the counts from the next build on.
"""

import csv
import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import execute_values

from customer360.database.connection import connect
from customer360.identity.pairs import PairCounts, RuleCounts, count_links, count_pairs
from customer360.publishing.builds import newest_invocation
from customer360.publishing.relations import OPERATOR
from customer360.settings import Settings

RECORDS_FILE = "records.csv"
_COLUMNS = ["source", "source_id", "person_id"]
_INSERT = """
    insert into ops.identity_evaluations (
        build_id, evaluated_at, truth_sha256, records, records_only_in_truth,
        records_only_in_warehouse, people, customers, true_pairs, found_pairs, correct_pairs,
        over_merged_customers, split_people
    )
    values %s
    returning evaluation_id
"""
_INSERT_RULES = """
    insert into ops.identity_rule_evaluations (evaluation_id, match_rule, links, correct_links)
    values %s
"""


class NoTruth(Exception):  # noqa: N818 - the name says what happened
    """The folder holds no truth that can be read."""


class NoIdentity(Exception):  # noqa: N818 - the name says what happened
    """Identity was not built yet."""


@dataclass(frozen=True)
class Evaluation:
    """A comparison as it was kept."""

    evaluation_id: int
    build_id: str
    pairs: PairCounts
    rules: tuple[RuleCounts, ...]


def evaluate(settings: Settings, truth: Path, evaluated_at: datetime) -> Evaluation:
    """Compare identity as it stands with `truth`/records.csv and keep what comes of it.

    Raises:
        NoTruth: if the file is missing or is none of the generators'.
        NoIdentity: if identity was not built yet.
        NoBuild: if nothing was built yet.
    """
    people = read_people(truth / RECORDS_FILE)
    digest = hashlib.sha256((truth / RECORDS_FILE).read_bytes()).hexdigest()
    with connect(settings, role=OPERATOR) as connection, connection, connection.cursor() as cursor:
        build_id, _ = newest_invocation(connection)
        pairs = count_pairs(people, _customers(cursor))
        cursor.execute("select match_rule, left_key, right_key from identity.identity_links")
        rules = count_links(people, cursor)
        values = (build_id, evaluated_at, digest, *astuple(pairs))
        ((evaluation_id,),) = execute_values(cursor, _INSERT, [values], fetch=True)
        execute_values(cursor, _INSERT_RULES, [(evaluation_id, *astuple(rule)) for rule in rules])
    return Evaluation(evaluation_id, build_id, pairs, rules)


def evaluate_where_truth_is_known(settings: Settings, evaluated_at: datetime) -> Evaluation | None:
    """Compare with the truth in the data directory, if the generators left one: a build's step.

    Raises:
        NoTruth: if the file there is none of the generators'.
    """
    truth = settings.data_dir / "truth"
    return evaluate(settings, truth, evaluated_at) if (truth / RECORDS_FILE).exists() else None


def read_people(path: Path) -> dict[str, str]:
    """Return the person behind each record key (source, a colon, the source's own id).

    Raises:
        NoTruth: if the file is missing or has other columns.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            if next(reader, None) != _COLUMNS:
                raise NoTruth(
                    f"{path} is no truth file: its columns are not {', '.join(_COLUMNS)}."
                )
            return {f"{source}:{source_id}": person for source, source_id, person in reader}
    except FileNotFoundError:
        raise NoTruth(
            f"There is no {path}: give the folder that the generator wrote (--truth data/truth)."
        ) from None


def _customers(cursor: Cursor) -> dict[str, str]:
    cursor.execute("select to_regclass('identity.identity_customers') is not null")
    if cursor.fetchone() != (True,):
        raise NoIdentity("Identity was not built yet: run `customer360 build` first.")
    cursor.execute("select source_customer_key, customer_id from identity.identity_customers")
    return dict(cursor.fetchall())
