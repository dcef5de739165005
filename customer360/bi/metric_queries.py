"""Metrics of dbt_project/models/metrics, asked of the published warehouse through MetricFlow.

MetricFlow comes with `make setup-dev`. It reads a semantic manifest that says where the marts are
built; readers find them where a publication has put them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customer360.database.connection import dbt_environment
from customer360.errors import ConfigurationError
from customer360.settings import Settings

_BUILT_IN, _PUBLISHED_AS = "warehouse_next", "warehouse"
_READER = "c360_bi"


@dataclass(frozen=True)
class MetricQuery:
    """Which metrics, by what (`metric_time__month`, `customer__country`), of which rows."""

    metrics: Sequence[str]
    group_by: Sequence[str] = ()
    where: Sequence[str] = ()


@dataclass(frozen=True)
class MetricAnswer:
    """The SQL that was run, and what it found."""

    sql: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]] = field(default=())


def ask(settings: Settings, query: MetricQuery) -> MetricAnswer:
    """Return what MetricFlow answers, asked as `c360_bi` of the published warehouse.

    Raises:
        ConfigurationError: if MetricFlow is not installed, or cannot answer this query.
    """
    engine = _engine(settings)
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest  # noqa: PLC0415

    request = MetricFlowQueryRequest.create(
        metric_names=list(query.metrics),
        group_by_names=list(query.group_by),
        where_constraints=list(query.where) or None,
        order_by_names=list(query.group_by),
    )
    try:
        result = engine.query(request)
    except Exception as error:  # MetricFlow's own have no base of their own
        raise ConfigurationError(f"MetricFlow cannot answer: {error}") from error
    table = result.result_df
    return MetricAnswer(result.sql, table.column_names, [tuple(row) for row in table.rows])


def _engine(settings: Settings) -> Any:
    try:
        from dbt_metricflow.cli.cli_configuration import CLIConfiguration  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError("MetricFlow is not installed: `make setup-dev`.") from None
    os.environ.update(dbt_environment(settings) | {"C360_DBT_ROLE": _READER})
    configuration = CLIConfiguration()
    configuration.setup(
        dbt_profiles_path=settings.dbt_project_dir,
        dbt_project_path=published_project(settings),
        configure_file_logging=False,
    )
    return configuration.mf


def published_project(settings: Settings) -> Path:
    """Write what MetricFlow reads of the project, its tables named as readers see them.

    Raises:
        ConfigurationError: if dbt cannot parse the project.
    """
    folder = settings.data_dir.resolve() / "metricflow"
    parsed = folder / "parsed"
    dbt = Path(sys.executable).with_name("dbt")
    places = ["--target-path", str(parsed), "--log-path", str(parsed)]
    try:
        subprocess.run(
            [dbt, "--quiet", "parse", *places],
            cwd=settings.dbt_project_dir,
            env=os.environ | dbt_environment(settings),
            check=True,
        )
    except subprocess.CalledProcessError:
        raise ConfigurationError("dbt cannot parse the project; it says why above.") from None
    manifest = (parsed / "semantic_manifest.json").read_text(encoding="utf-8")
    target = folder / "target"
    target.mkdir(exist_ok=True)
    (target / "semantic_manifest.json").write_text(
        manifest.replace(f'"{_BUILT_IN}"', f'"{_PUBLISHED_AS}"').replace(
            f'\\"{_BUILT_IN}\\"', f'\\"{_PUBLISHED_AS}\\"'
        ),
        encoding="utf-8",
    )
    shutil.copy(settings.dbt_project_dir / "dbt_project.yml", folder)
    return folder
