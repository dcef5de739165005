"""Gates on the tables themselves: they are there and have not lost much against the live ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil, floor

from customer360.database.connection import Connection
from customer360.publishing.profiles import changed_amounts_query, lost_rows_query
from customer360.publishing.relations import LIVE, NEXT, relation_kinds, sum_column, tables_of
from customer360.publishing.results import GateResult, Status, verdict
from customer360.publishing.rules import GateRules, RowRules, TotalRule

Keys = Mapping[str, Sequence[str]]
_RULES = "customer360/publishing/gates.yml"


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
    candidate: Mapping[str, int], live: Mapping[str, int], rules: RowRules, keys: Keys
) -> list[GateResult]:
    """Compare the number of rows of each table, by name, with the live one's and with its rule."""
    names = sorted({*candidate, *live, *rules.tables})
    return [_check_rows_of(name, candidate, live, rules, keys) for name in names]


def _check_rows_of(
    table: str, candidate: Mapping[str, int], live: Mapping[str, int], rules: RowRules, keys: Keys
) -> GateResult:
    max_loss, min_rows = rules.of(table)
    if table not in candidate and table not in live:
        return _unknown_table(table)
    rows, before = candidate.get(table, 0), live.get(table)
    least = max(Decimal(min_rows), _least(Decimal(before or 0), max_loss))
    most = _most(Decimal(before or 0), rules.growth_of(table))
    result = _comparison("rows", table, rows, (least, most), f"{rows:,} rows; {_before(before)}.")
    has_lost = rows < least and {table} <= candidate.keys() & live.keys() & keys.keys()
    query = lost_rows_query(table, keys[table]) if has_lost else None
    return replace(result, is_waivable=rows >= min_rows, rows_query=query)


def check_totals(
    connection: Connection, rules: GateRules, live: set[str], keys: Keys
) -> list[GateResult]:
    """Compare the sums that gates.yml names with the live ones."""
    with connection.cursor() as cursor:
        known = set(relation_kinds(cursor, NEXT))
    return [
        _check_total(connection, rule, keys.get(rule.table, ()), has_live=rule.table in live)
        if rule.table in known
        else _unknown_table(rule.table)
        for rule in rules.totals
    ]


def _check_total(
    connection: Connection, rule: TotalRule, key: Sequence[str], *, has_live: bool
) -> GateResult:
    total = sum_column(connection, NEXT, rule.table, rule.column)
    before = sum_column(connection, LIVE, rule.table, rule.column) if has_live else None
    least = _least(before or Decimal(0), rule.max_loss_share)
    most = _most(before or Decimal(0), rule.max_growth_factor)
    message = f"The sum is {total:,.2f}; {_before(before)}."
    subject = f"{rule.table}.{rule.column}"
    result = _comparison("totals", subject, total, (least, most), message)
    if result.status is Status.PASSED or not (has_live and key):
        return result
    return replace(result, rows_query=changed_amounts_query(rule.table, key, rule.column))


def _least(before: Decimal, max_loss_share: float) -> Decimal:
    """Return the least that may be left of `before`; a sum that is negative guards nothing."""
    return max(before, Decimal(0)) * (1 - Decimal(str(max_loss_share)))


def _most(before: Decimal, growth_factor: float | None) -> Decimal | None:
    """Return the most that may come of `before`; nothing before sets no bound."""
    if growth_factor is None or before <= 0:
        return None
    return before * Decimal(str(growth_factor))


def _before(before: int | Decimal | None) -> str:
    return "the live warehouse has none yet" if before is None else f"live: {before:,}"


def _comparison(
    gate: str,
    subject: str,
    value: int | Decimal,
    bounds: tuple[Decimal, Decimal | None],
    message: str,
) -> GateResult:
    least, most = bounds
    is_within = value >= least and (most is None or value <= most)
    status = Status.PASSED if is_within else Status.FAILED
    expected = f"at least {ceil(least) if isinstance(value, int) else round(least, 2):,}"
    if most is not None and value > most:
        expected = f"at most {floor(most) if isinstance(value, int) else round(most, 2):,}"
    if not is_within:
        message = f"{message} Look at the model and its sources."
    return GateResult(gate, subject, status, f"{value:,}", expected, message, is_waivable=True)


def _unknown_table(table: str) -> GateResult:
    message = (
        f"{_RULES} has a rule for {table}, and there is no such table: correct the name, unless "
        "the build failed before the table was made."
    )
    return verdict(
        "rules", table, passed=False, observed="no such table", expected="a mart", message=message
    )
