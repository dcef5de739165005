"""Reading what dbt says, line by line."""

import json
import logging

import pytest

from customer360.transformation.events import parse_event


def line(name: str = "LogModelResult", level: str = "info", **data: object) -> str:
    """Return a line as dbt 1.11 prints it."""
    return json.dumps({"info": {"name": name, "msg": "said", "level": level}, "data": data})


@pytest.mark.parametrize("total", ["total", "num_models"])
@pytest.mark.parametrize("status", ["success", "None"])  # a passed unit test says "None"
def test_end_of_a_node_tells_how_far_the_run_is(total: str, status: str) -> None:
    node = {"node_name": "customers", "node_status": status, "resource_type": "model"}
    event = parse_event(line(index=3, node_info=node, **{total: 9}))
    assert (event.finished, event.total, event.node_name) == (3, 9, "customers")


@pytest.mark.parametrize(
    ("name", "resource_type"), [("LogStartLine", "model"), ("LogHookEndLine", "operation")]
)
def test_starts_and_hooks_do_not_count(name: str, resource_type: str) -> None:
    node = {"node_name": "customers", "node_status": "success", "resource_type": resource_type}
    assert parse_event(line(name, index=1, total=1, node_info=node)).finished is None


@pytest.mark.parametrize(
    ("level", "expected"),
    [("debug", logging.DEBUG), ("warn", logging.WARNING), ("error", logging.ERROR)],
)
def test_level_is_kept(level: str, expected: int) -> None:
    assert parse_event(line(level=level)).level == expected


@pytest.mark.parametrize("text", ["Traceback (most recent call last):\n", "[1]", "null", "{}"])
def test_what_is_no_event_is_kept_as_text(text: str) -> None:
    assert parse_event(text).message == text.rstrip()
