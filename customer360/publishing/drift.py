"""Gates on the values: nulls, distributions and newest days against the live warehouse's."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import log

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.publishing import profiles
from customer360.publishing.profiles import Bucket
from customer360.publishing.relations import LIVE, NEXT
from customer360.publishing.results import GateResult, Status, verdict
from customer360.publishing.rules import (
    DistributionRule,
    DistributionRules,
    FreshnessRule,
    FreshnessRules,
    NullRules,
)

Columns = Mapping[str, Mapping[str, str]]
Keys = Mapping[str, Sequence[str]]
# A bucket without rows on one side counts as this share, or the index would be infinite.
_LEAST_SHARE = 0.0001


def check_nulls(
    cursor: Cursor, rules: NullRules, tables: Sequence[str], keys: Keys
) -> list[GateResult]:
    """Compare the share of nulls in every column of `tables` that both generations have."""
    columns, live_columns = (profiles.columns_of(cursor, schema) for schema in (NEXT, LIVE))
    results = [_unknown_column(name) for name in rules.columns if not _is_known(name, columns)]
    for table in tables:
        both = [name for name in columns[table] if name in live_columns.get(table, ())]
        if both:
            results += _check_nulls_of(cursor, rules, table, both, keys.get(table, ()))
    return results


def _check_nulls_of(
    cursor: Cursor, rules: NullRules, table: str, columns: Sequence[str], keys: Sequence[str]
) -> list[GateResult]:
    shares = profiles.null_shares(cursor, NEXT, table, columns)
    live = profiles.null_shares(cursor, LIVE, table, columns)
    rises = {column: shares[column] - live[column] for column in columns}
    failed = [column for column in columns if rises[column] > rules.of(table, column)]
    if not failed:
        most = max(rises, key=lambda column: rises[column])
        observed = f"at most {_percent(max(rises[most], 0))} more nulls ({most})"
        expected = f"at most {_percent(rules.default.max_rise_share)} more"
        return [GateResult("nulls", table, Status.PASSED, observed, expected, "No column empties.")]
    return [
        GateResult(
            gate="nulls",
            subject=f"{table}.{column}",
            status=Status.FAILED,
            observed=f"{_percent(shares[column])} nulls",
            expected=f"at most {_percent(live[column] + rules.of(table, column))}",
            message=f"{_percent(shares[column])} of the rows have no {column}; live: "
            f"{_percent(live[column])}. Look at the feed that delivers it and at its model.",
            is_waivable=True,
            rows_query=profiles.rows_without_query(table, keys, column) if keys else None,
        )
        for column in failed
    ]


def check_distributions(
    cursor: Cursor, rules: DistributionRules, tables: Sequence[str]
) -> list[GateResult]:
    """Compare how the values of the watched columns are spread."""
    columns, live_columns = (profiles.columns_of(cursor, schema) for schema in (NEXT, LIVE))
    results = []
    for rule in rules.columns:
        category = columns.get(rule.table, {}).get(rule.column)
        if category is None:
            results.append(_unknown_column(f"{rule.table}.{rule.column}"))
        elif rule.table in tables and rule.column in live_columns.get(rule.table, ()):
            found = profiles.buckets(cursor, rule.table, rule.column, category)
            results.append(_check_distribution(rule, found, category, rules.min_rows))
    return results


def _check_distribution(
    rule: DistributionRule, found: Sequence[Bucket], category: str, min_rows: int
) -> GateResult:
    index = population_stability(found)
    rows, live = (sum(bucket.rows for bucket in found), sum(bucket.rows_live for bucket in found))
    is_judged = min(rows, live) >= max(min_rows, 1)
    is_moved = is_judged and index > rule.max_index
    message = "The values are spread as in the live table." if is_judged else "Too few values."
    if is_moved:
        most = max(found, key=lambda bucket: bucket.rows / rows - bucket.rows_live / live)
        message = (
            f"The values have moved, most of all to {most.name!r}: {_percent(most.rows / rows)} of "
            f"the rows; live: {_percent(most.rows_live / live)}."
        )
    return GateResult(
        gate="distribution",
        subject=f"{rule.table}.{rule.column}",
        status=Status.FAILED if is_moved else Status.PASSED,
        observed=f"index {index:.3f}" if is_judged else f"{min(rows, live)} values",
        expected=f"at most {rule.max_index}",
        message=message,
        is_waivable=True,
        rows_query=profiles.buckets_query(rule.table, rule.column, category) if is_moved else None,
    )


def population_stability(found: Sequence[Bucket]) -> float:
    """Return the population stability index, sum((p - q) ln(p / q)); 0 where both are the same.

    It is the symmetric Kullback-Leibler divergence (Kullback and Leibler 1951, equation 2.6).
    """
    rows = sum(bucket.rows for bucket in found) or 1
    live = sum(bucket.rows_live for bucket in found) or 1
    pairs = (
        (max(bucket.rows / rows, _LEAST_SHARE), max(bucket.rows_live / live, _LEAST_SHARE))
        for bucket in found
    )
    return sum((share - before) * log(share / before) for share, before in pairs)


def check_freshness(
    cursor: Cursor, rules: FreshnessRules, days: tuple[date | None, date | None], tables: set[str]
) -> list[GateResult]:
    """Compare the newest days; `days` are those that the build and the live one are as of."""
    results = [_compare_days("as of", *days, rules.as_of_max_days_back)]
    columns, live_columns = (profiles.columns_of(cursor, schema) for schema in (NEXT, LIVE))
    for rule in rules.tables:
        if rule.column not in columns.get(rule.table, {}):
            results.append(_unknown_column(f"{rule.table}.{rule.column}"))
        elif rule.table in tables and rule.column in live_columns.get(rule.table, ()):
            results.append(_check_freshness_of(cursor, rule))
    return results


def _check_freshness_of(cursor: Cursor, rule: FreshnessRule) -> GateResult:
    newest, live = (
        profiles.newest_day(cursor, schema, rule.table, rule.column) for schema in (NEXT, LIVE)
    )
    return _compare_days(f"{rule.table}.{rule.column}", newest, live, rule.max_days_back)


def _compare_days(subject: str, day: date | None, live: date | None, back: int) -> GateResult:
    least = live - timedelta(days=back) if live else None
    is_fresh = least is None or (day is not None and day >= least)
    message = f"The newest day is {day}; live: {live}."
    if not is_fresh:
        message = f"{message} Which delivery is missing, or was a past day asked for?"
    return GateResult(
        gate="freshness",
        subject=subject,
        status=Status.PASSED if is_fresh else Status.FAILED,
        observed=str(day or "no day"),
        expected=f"{least} or later" if least else "any day",
        message=message,
        is_waivable=True,
    )


def _is_known(name: str, columns: Columns) -> bool:
    table, _, column = name.partition(".")
    return column in columns.get(table, {})


def _unknown_column(name: str) -> GateResult:
    message = f"gates.yml has a rule for {name}, and there is no such column: correct the name."
    return verdict(
        "rules", name, passed=False, observed="no such column", expected="a mart", message=message
    )


def _percent(share: float) -> str:
    return f"{share:.1%}"
