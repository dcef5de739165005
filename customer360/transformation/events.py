"""What dbt says while it runs: one JSON object per line of its standard output."""

import json
import logging
from dataclasses import dataclass
from typing import Any

_LEVELS = {"debug": logging.DEBUG, "warn": logging.WARNING, "error": logging.ERROR}


@dataclass(frozen=True)
class FailedNode:
    """A model, seed, test or hook that failed, and the file that it is written in."""

    resource_type: str
    name: str
    path: str


@dataclass(frozen=True)
class Event:
    """One line of dbt's log; the node's fields are set where a node has just ended.

    `failed_node` and `cause` are set at the end of a run, in this order, one event each.
    """

    message: str
    level: int
    finished: int | None = None
    total: int | None = None
    node_name: str | None = None
    failed_node: FailedNode | None = None
    cause: str | None = None


def parse_event(line: str) -> Event:
    """Read a line of `dbt --log-format json`; what is no JSON, such as a crash, is kept as text."""
    try:
        content = json.loads(line)
        info, data = content["info"], content["data"]
    except (ValueError, TypeError, KeyError):
        return Event(line.rstrip(), logging.INFO)
    level = _LEVELS.get(info["level"], logging.INFO)
    if info["name"] == "RunResultFailure":
        node = FailedNode(data["resource_type"], data["node_name"], data["path"])
        return Event(info["msg"], level, failed_node=node)
    if info["name"] == "RunResultError":
        return Event(info["msg"], level, cause=data["msg"])
    if info["name"] == "LogStartLine" or not _is_node(data):
        return Event(info["msg"], level)
    total = data.get("total", data.get("num_models"))
    return Event(info["msg"], level, data["index"], total, data["node_info"]["node_name"])


def _is_node(data: dict[str, Any]) -> bool:
    node = data.get("node_info") or {}
    is_hook = node.get("resource_type") == "operation"  # they are counted apart, 1 of 1
    return "index" in data and not is_hook
