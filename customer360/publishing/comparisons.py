"""Gates on the tables themselves: they are there and have not lost much against the live ones."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from math import ceil

from customer360.database.connection import Connection
from customer360.publishing.relations import LIVE, NEXT, relation_kinds, sum_column, tables_of
from customer360.publishing.results import GateResult, Status, verdict
from customer360.publishing.rules import GateRules, RowRules, TotalRule

_RULES = "customer360/publishing/gates.yml"
_ACCEPT = "If it is meant, `customer360 publish --accept-losses`."


def check_tables(connection: Connection, expected: set[str]) -> GateResult:
    """Every mart must be a table: a view would change under its readers with the next build."""
    with connection.cursor() as cursor:
        found = set(tables_of(cursor, NEXT))
        views = set(relation_kinds(cursor, NEXT)) - found
    missing = sorted(expected - found)
    message = "Every mart of the project is a table."
    if missing:
        reasons = [f"{name} ({'a view' if name in views else 'missing'})" for name in missing]
        message = f"{NEXT} lacks the tables {', '.join(reasons)}. Run `customer360 build`."
    return verdict(
        "tables",
        NEXT,
        passed=bool(expected) and not missing,
        observed=f"{len(expected) - len(missing)} tables",
        expected=f"{len(expected)} tables",
        message=message,
    )


def check_rows(
    candidate: Mapping[str, int], live: Mapping[str, int], rules: RowRules
) -> list[GateResult]:
    """Compare the number of rows of each table, by name, with the live one's and with its rule."""
    names = sorted({*candidate, *live, *rules.tables})
    return [_check_rows_of(name, candidate, live, rules) for name in names]


def _check_rows_of(
    table: str, candidate: Mapping[str, int], live: Mapping[str, int], rules: RowRules
) -> GateResult:
    max_loss, min_rows = rules.of(table)
    if table not in candidate and table not in live:
        return _unknown_table(table)
    rows, before = candidate.get(table, 0), live.get(table)
    least = max(Decimal(min_rows), _least(Decimal(before or 0), max_loss))
    message = f"{rows:,} rows; {_before(before)}."
    if rows < least:
        message = f"{message} Look at the model and its sources. {_ACCEPT}"
    result = _comparison("rows", table, rows, least, message)
    return replace(result, is_waivable=rows >= min_rows)


def check_totals(connection: Connection, rules: GateRules, live: set[str]) -> list[GateResult]:
    """Compare the sums that gates.yml names with the live ones."""
    with connection.cursor() as cursor:
        known = set(relation_kinds(cursor, NEXT))
    return [
        _check_total(connection, rule, has_live=rule.table in live)
        if rule.table in known
        else _unknown_table(rule.table)
        for rule in rules.totals
    ]


def _check_total(connection: Connection, rule: TotalRule, *, has_live: bool) -> GateResult:
    total = sum_column(connection, NEXT, rule.table, rule.column)
    before = sum_column(connection, LIVE, rule.table, rule.column) if has_live else None
    least = _least(before or Decimal(0), rule.max_loss_share)
    message = f"The sum is {total:,.2f}; {_before(before)}."
    if total < least:
        message = f"{message} Look at the model and its sources. {_ACCEPT}"
    return _comparison("totals", f"{rule.table}.{rule.column}", total, least, message)


def _least(before: Decimal, max_loss_share: float) -> Decimal:
    """Return the least that may be left of `before`; a sum that is negative guards nothing."""
    return max(before, Decimal(0)) * (1 - Decimal(str(max_loss_share)))


def _before(before: int | Decimal | None) -> str:
    return "the live warehouse has none yet" if before is None else f"live: {before:,}"


def _comparison(
    gate: str, subject: str, value: int | Decimal, least: Decimal, message: str
) -> GateResult:
    status = Status.PASSED if value >= least else Status.FAILED
    expected = f"at least {ceil(least) if isinstance(value, int) else round(least, 2):,}"
    return GateResult(gate, subject, status, f"{value:,}", expected, message, is_waivable=True)


def _unknown_table(table: str) -> GateResult:
    message = (
        f"{_RULES} has a rule for {table}, and there is no such table: correct the name, unless "
        "the build failed before the table was made."
    )
    return verdict(
        "rules", table, passed=False, observed="no such table", expected="a mart", message=message
    )
