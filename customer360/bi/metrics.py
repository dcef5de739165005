"""Superset's metrics, made from the definitions in dbt_project/models/metrics: `make metrics`.

A metric with `config.meta.superset` becomes a metric of the Superset dataset named there. All
metrics of such a dataset come from there, so that no other definition of them exists.
"""

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from customer360.documentation.project import parse_manifest
from customer360.errors import ConfigurationError
from customer360.settings import get_settings

Entry = Mapping[str, Any]

DATASETS = Path("bi", "superset", "assets", "datasets", "warehouse")
_AGGREGATIONS: dict[str, Callable[[str], str]] = {
    "average": "avg({})".format,
    "count": "count({})".format,
    "count_distinct": "count(distinct {})".format,
    "max": "max({})".format,
    "min": "min({})".format,
    "sum": "sum({})".format,
}
_WORD = re.compile(r"[A-Za-z_]\w*")
_METRICS = re.compile(r"^metrics:\n(?:[ -].*\n)*", re.MULTILINE)

logger = logging.getLogger(__name__)


class Expressions:
    """SQL of metrics as one aggregate expression over the rows of their semantic model."""

    def __init__(self, manifest: Entry) -> None:
        self._metrics = {metric["name"]: metric for metric in manifest["metrics"].values()}
        self._measures = {
            measure["name"]: measure
            for model in manifest["semantic_models"].values()
            for measure in model["measures"]
        }

    def of(self, name: str) -> str:
        """Return the expression of a metric.

        Raises:
            ConfigurationError: if it has a type, a filter or an offset that no expression can say.
        """
        metric = self._metrics[name]
        parameters = metric["type_params"]
        if metric["filter"] or any(map(_has_more_than_a_name, _inputs(parameters))):
            raise ConfigurationError(f"Superset cannot have the metric {name}: it has a filter.")
        match metric["type"]:
            case "simple":
                return self._of_measure(parameters["measure"]["name"])
            case "ratio":
                return self._of_ratio(parameters)
            case "derived":
                return self._of_derived(parameters)
        raise ConfigurationError(f"Superset cannot have the metric {name}: {metric['type']}.")

    def _of_measure(self, name: str) -> str:
        measure = self._measures[name]
        if measure["agg"] not in _AGGREGATIONS:
            raise ConfigurationError(f"Superset cannot aggregate {name} by {measure['agg']}.")
        return _AGGREGATIONS[measure["agg"]](measure["expr"] or name)

    def _of_ratio(self, parameters: Entry) -> str:
        numerator = self._operand(parameters["numerator"]["name"])
        denominator = self._operand(parameters["denominator"]["name"])
        return f"{numerator}::numeric / nullif({denominator}, 0)"

    def _of_derived(self, parameters: Entry) -> str:
        inputs = {metric["name"] for metric in parameters["metrics"]}
        return _WORD.sub(
            lambda word: self._operand(word[0]) if word[0] in inputs else word[0],
            parameters["expr"],
        )

    def _operand(self, name: str) -> str:
        expression = self.of(name)
        return expression if self._metrics[name]["type"] == "simple" else f"({expression})"


def _inputs(parameters: Entry) -> list[Entry]:
    single = [parameters["measure"], parameters["numerator"], parameters["denominator"]]
    return [*filter(None, single), *parameters["metrics"]]


def _has_more_than_a_name(given: Entry) -> bool:
    return any(value for key, value in given.items() if key != "name")


def metrics_of_datasets(manifest: Entry) -> dict[str, list[dict[str, Any]]]:
    """Return by dataset the metrics that it has to have, in the order of the definitions."""
    expressions = Expressions(manifest)
    datasets: dict[str, list[dict[str, Any]]] = {}
    for metric in manifest["metrics"].values():
        if (superset := metric["config"]["meta"].get("superset")) is not None:
            datasets.setdefault(superset["dataset"], []).append(
                {
                    "metric_name": superset["metric"],
                    "verbose_name": superset.get("label", metric["label"]),
                    "metric_type": None,
                    "expression": expressions.of(metric["name"]),
                    "description": metric["description"],
                    "d3format": superset["format"],
                    "warning_text": None,
                    "extra": {"semantic_metric": metric["name"]},
                }
            )
    return datasets


def with_metrics(dataset: str, metrics: list[dict[str, Any]]) -> str:
    """Return a dataset's YAML with these metrics instead of its own."""
    block = yaml.dump({"metrics": metrics}, Dumper=_Indented, sort_keys=False, width=120)
    return _METRICS.sub(lambda _: block, dataset, count=1)


class _Indented(yaml.SafeDumper):
    """Indents lists, as the other files do."""

    def increase_indent(self, flow: bool = False, *_: object, **__: object) -> None:  # noqa: FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def write_metrics(project_dir: Path, manifest: Entry) -> None:
    """Write the metrics into the files of their datasets."""
    for name, metrics in metrics_of_datasets(manifest).items():
        path = project_dir / DATASETS / f"{name}.yaml"
        path.write_text(with_metrics(path.read_text(encoding="utf-8"), metrics), encoding="utf-8")
        logger.info("wrote %d metrics into %s", len(metrics), path)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = get_settings()
    write_metrics(settings.project_dir, parse_manifest(settings.dbt_project_dir))
