"""`customer360 identity explain`: why two records are, or are not, one customer.

The weight of a pair is a sum, so it can be laid out step by step: what is expected before anything
is known, what each field adds, what a rare or common value corrects, and what is taken back because
relatives would agree as well. The same numbers weigh the pair in the models.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import connect
from customer360.identity.evaluation import NoIdentity
from customer360.settings import Settings

_FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "birth_date": "birth_day",
    "email": "email",
    "phone": "phone_tail",
    "address": "concat_ws(', ', street, postcode, city)",
}
_RECORD = f"""
    select records.record_number, clusters.cluster_key, {", ".join(_FIELDS.values())}
    from identity.identity_comparable_records as records
    inner join identity.identity_clusters as clusters
        on records.source_customer_key = clusters.source_customer_key
    where records.source_customer_key = %s
"""  # noqa: S608 - the expressions are ours
_PAIR = """
    select comparisons.*, scores.match_log2, scores.stranger_log2, scored.match_weight
    from identity.identity_comparisons as comparisons
    inner join identity.identity_pattern_scores as scores using (pattern_code)
    inner join identity.identity_scored_pairs as scored using (left_number, right_number)
    where comparisons.left_number = %s and comparisons.right_number = %s
"""
_WEIGHTS = "select comparison, level, level_name, match_weight from identity.identity_weights"
_LINKS = """
    select links.left_key, links.right_key, links.match_rule, links.match_weight
    from identity.identity_links as links
    inner join identity.identity_clusters as left_clusters
        on links.left_key = left_clusters.source_customer_key
    inner join identity.identity_clusters as right_clusters
        on links.right_key = right_clusters.source_customer_key
    where left_clusters.cluster_key = %s and right_clusters.cluster_key = %s
"""


class NoSuchRecord(Exception):  # noqa: N818 - the name says what happened
    """Identity knows no record of that key."""


@dataclass(frozen=True)
class Step:
    """One bar of the waterfall."""

    name: str
    left_value: str | None
    right_value: str | None
    level: str
    bits: float


@dataclass(frozen=True)
class PathLink:
    """One link on the way from one record to the other."""

    left_key: str
    right_key: str
    match_rule: str
    bits: float | None


@dataclass(frozen=True)
class Explanation:
    """Why two records are, or are not, one customer."""

    left_key: str
    right_key: str
    is_one_customer: bool
    steps: tuple[Step, ...]
    path: tuple[PathLink, ...]

    @property
    def verdict(self) -> str:
        """The outcome in a few words."""
        one = "one customer" if self.is_one_customer else "not one customer"
        if not self.steps:
            return f"{one}; they share no block, so they were not compared"
        return one if self.is_one_customer == bool(self.path) else f"{one}, by regrouping"


def explain(settings: Settings, left_key: str, right_key: str) -> Explanation:
    """Lay out the evidence on two records.

    Raises:
        NoIdentity: if identity was not built yet.
        NoSuchRecord: if one of the keys is no record's.
    """
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('identity.identity_scored_pairs') is not null")
        if cursor.fetchone() != (True,):
            raise NoIdentity("Identity was not built yet: run `customer360 build` first.")
        left, right = _record(cursor, left_key), _record(cursor, right_key)
        is_one = left["cluster_key"] == right["cluster_key"]
        steps = _steps(cursor, left, right)
        links = _links(cursor, str(left["cluster_key"])) if is_one else []
    return Explanation(left_key, right_key, is_one, steps, _path(links, left_key, right_key))


def _record(cursor: Cursor, key: str) -> dict[str, object]:
    cursor.execute(_RECORD, [key])
    row = cursor.fetchone()
    if row is None:
        raise NoSuchRecord(f"There is no record {key}: keys are source, a colon, the source's id.")
    return dict(zip(["record_number", "cluster_key", *_FIELDS], row, strict=True))


def _steps(cursor: Cursor, left: dict[str, object], right: dict[str, object]) -> tuple[Step, ...]:
    numbers = sorted(int(str(record["record_number"])) for record in (left, right))
    cursor.execute(_PAIR, numbers)
    row = cursor.fetchone()
    if row is None:
        return ()
    pair = dict(zip([column.name for column in cursor.description or ()], row, strict=True))
    cursor.execute(_WEIGHTS)
    weights = {(name, level): (text, bits) for name, level, text, bits in cursor}
    fields = [_field(name, pair[f"{name}_level"], weights, left, right) for name in _FIELDS]
    prior = pair["match_log2"] - pair["stranger_log2"] - sum(step.bits for step in fields)
    corrections = pair["match_weight"] - pair["match_log2"] + pair["stranger_log2"]
    total = pair["match_weight"]
    probability = 1 / (1 + 2 ** min(-total, 1000))
    return (
        Step("before anything is known", None, None, "", prior),
        *fields,
        Step("rare or common values, relatives who agree as well", None, None, "", corrections),
        Step("sum", None, None, f"probability {probability:.4f}", total),
    )


def _field(
    name: str,
    level: int,
    weights: dict[tuple[str, int], tuple[str, float]],
    left: dict[str, object],
    right: dict[str, object],
) -> Step:
    text, bits = weights.get((name, level), ("no evidence", 0.0))
    values = [None if record[name] is None else str(record[name]) for record in (left, right)]
    return Step(name, values[0], values[1], text, bits)


def _links(cursor: Cursor, cluster_key: str) -> list[PathLink]:
    cursor.execute(_LINKS, [cluster_key, cluster_key])
    return [PathLink(*row) for row in cursor]


def _path(links: Sequence[PathLink], start: str, end: str) -> tuple[PathLink, ...]:
    """Return a shortest way of links between two records; none where they are not linked."""
    ways: dict[str, tuple[PathLink, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        key = waiting.popleft()
        for link in links:
            if key in (link.left_key, link.right_key):
                other = link.right_key if link.left_key == key else link.left_key
                if other not in ways:
                    ways[other] = (*ways[key], link)
                    waiting.append(other)
    return ways.get(end, ())
