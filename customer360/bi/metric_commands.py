"""`customer360 metrics list` and `customer360 metrics query`."""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from customer360.bi.metric_queries import MetricAnswer, MetricQuery, ask
from customer360.documentation.project import parse_manifest
from customer360.settings import Settings


def show_definitions(settings: Settings, console: Console) -> int:
    """Print the metrics, and the dimensions of each semantic model; return the exit code."""
    manifest = parse_manifest(settings.dbt_project_dir)
    metrics = manifest["metrics"].values()
    console.print(_table(("Metric", "Meaning"), ((m["name"], m["description"]) for m in metrics)))
    rows = (
        (f"{entity}__{dimension['name']}", model["description"])
        for model in manifest["semantic_models"].values()
        for entity in [_primary_entity(model)]
        for dimension in model["dimensions"]
    )
    console.print(_table(("By", "Of"), [("metric_time__month", "every metric"), *rows]))
    return 0


def _primary_entity(model: dict[str, Any]) -> str:
    primary = [entity["name"] for entity in model["entities"] if entity["type"] == "primary"]
    return str(model["primary_entity"] or primary[0])


def show_answer(
    settings: Settings, console: Console, query: MetricQuery, *, as_csv: bool, with_sql: bool
) -> int:
    """Print what MetricFlow answers; return the exit code."""
    answer = ask(settings, query)
    if with_sql:
        console.print(answer.sql, markup=False, highlight=False, soft_wrap=True)
    if as_csv:
        _write_csv(answer)
    else:
        console.print(_table(answer.columns, ([_shown(v) for v in row] for row in answer.rows)))
    return 0


def _write_csv(answer: MetricAnswer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_plain(value) for value in row] for row in answer.rows)


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 1 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(_plain(value))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    return table
