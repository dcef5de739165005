"""`customer360 identity train`: learn the match weights from what is to be matched.

The patterns of levels are dbt models; here they become shares (mixture.py), which are kept in ops
under a new model id. The next build weighs every pair with the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import execute_values

from customer360.database.connection import connect
from customer360.identity.levels import LEVELS, Numbers, Patterns, Shares, normalised
from customer360.identity.mixture import Expectations, Mixture, fit
from customer360.publishing.relations import OPERATOR
from customer360.settings import Settings

_COLUMNS = ", ".join(f"{comparison}_level" for comparison in LEVELS)
_INSERT = """
    insert into ops.identity_models (
        trained_at, records, candidate_pairs, random_pairs, iterations, log_likelihood
    )
    values %s
    returning model_id
"""
_INSERT_WEIGHTS = """
    insert into ops.identity_weights (model_id, comparison, level, matches, relatives, strangers)
    values %s
"""


class NothingToTrainOn(Exception):  # noqa: N818 - the name says what happened
    """There are no compared records to learn from."""


@dataclass(frozen=True)
class Training:
    """A training as it was kept."""

    model_id: int
    records: int
    candidate_pairs: int
    random_pairs: int
    mixture: Mixture


def train(settings: Settings, trained_at: datetime) -> Training:
    """Learn the weights from the compared records, and keep them as the newest model.

    Raises:
        NothingToTrainOn: if identity's comparisons were not built yet, or there are no two records.
    """
    with connect(settings, role=OPERATOR) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('identity.identity_patterns') is not null")
        if cursor.fetchone() != (True,):
            raise NothingToTrainOn("Nothing was compared yet: run `customer360 build` first.")
        cursor.execute("select count(*) from identity.identity_comparable_records")
        ((records,),) = cursor.fetchall()
        if records < 2:  # noqa: PLR2004 - a pair takes two
            raise NothingToTrainOn("There are no two customer records to compare.")
        candidates = _patterns(cursor, "identity.identity_patterns")
        random_pairs = _patterns(cursor, "identity.identity_random_patterns")
        mixture = fit(candidates, random_pairs, records, _expectations(cursor))
        sizes = (records, int(candidates.counts.sum()), int(random_pairs.counts.sum()))
        return Training(_keep(cursor, mixture, trained_at, sizes), *sizes, mixture)


def _patterns(cursor: Cursor, relation: str) -> Patterns:
    cursor.execute(f"select {_COLUMNS}, number_of_pairs from {relation}")  # noqa: S608 - ours
    rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, len(LEVELS) + 1)
    levels = {comparison: rows[:, index] for index, comparison in enumerate(LEVELS)}
    return Patterns(levels, rows[:, -1].astype(np.float64))


def _expectations(cursor: Cursor) -> Expectations:
    cursor.execute(
        "select comparison, level, matches, relatives, strangers"
        " from seeds.identity_default_weights"
    )
    rows = cursor.fetchall()
    matches, relatives = next(row[2:4] for row in rows if row[0] == "pair")
    return Expectations(_shares(rows, 2), _shares(rows, 3), _shares(rows, 4), matches, relatives)


def _shares(rows: Sequence[tuple[str, int, float, float, float]], column: int) -> Shares:
    shares: dict[str, Numbers] = {name: np.ones(levels) for name, levels in LEVELS.items()}
    for row in rows:
        if row[0] in shares:
            shares[row[0]][row[1]] = row[column]
    return {name: normalised(name, values) for name, values in shares.items()}


def _keep(
    cursor: Cursor, mixture: Mixture, trained_at: datetime, sizes: tuple[int, int, int]
) -> int:
    values = (trained_at, *sizes, mixture.iterations, mixture.log_likelihood)
    ((model_id,),) = execute_values(cursor, _INSERT, [values], fetch=True)
    rows: list[tuple[int, str, int, float, float, float]] = [
        (model_id, "pair", 1, mixture.matches_per_record, mixture.relatives_per_record, 1.0)
    ]
    for comparison, levels in LEVELS.items():
        kinds = (mixture.matches, mixture.relatives, mixture.strangers)
        rows += [
            (model_id, comparison, level, *(float(kind[comparison][level]) for kind in kinds))
            for level in range(1, levels)
        ]
    execute_values(cursor, _INSERT_WEIGHTS, rows, page_size=1_000)
    return int(model_id)
