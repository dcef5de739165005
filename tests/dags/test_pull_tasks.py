"""What the tasks of a pull decide: which feeds are skipped, and when a load starts."""

from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from airflow import sdk
from customer360.extracting import puller
from customer360.extracting.outcomes import PullResult
from customer360.landing import discovery
from customer360.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import DAG

    from customer360.extracting.endpoints import Endpoint


@pytest.fixture
def task(dags: "dict[str, DAG]", monkeypatch: pytest.MonkeyPatch) -> "Callable[[str], Any]":
    """Return the Python function behind a task, which thinks that it runs."""
    monkeypatch.setattr(sdk, "get_current_context", dict)
    return lambda task_id: dags["pull_sources"].get_task(task_id).python_callable


def test_a_feed_is_pulled_from_its_connection(
    task: "Callable[[str], Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Endpoint] = []

    def pulling(_settings: object, pull: Any, endpoint: "Endpoint", _now: object) -> PullResult:
        seen.append(endpoint)
        return PullResult(pull.feed, ("a.json",), 3, None)

    monkeypatch.setattr(puller, "pull_feed", pulling)
    monkeypatch.setenv("AIRFLOW_CONN_RETAIL_API", "http://:t0ken@api.example.com/https")
    result = task("pull_feed")("retail_api.customers")
    assert result["rows"] == 3
    assert seen[0].url == "https://:t0ken@api.example.com"
    assert "t0ken" not in repr(seen)


def test_a_feed_without_connection_is_skipped(task: "Callable[[str], Any]") -> None:
    with pytest.raises(AirflowSkipException, match="no connection retail_database"):
        task("pull_feed")("retail_api.stores")


def test_a_load_starts_only_where_there_is_something_new(
    task: "Callable[[str], Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    pending: list[str] = []
    monkeypatch.setattr(discovery, "pending_files", lambda _: pending)
    announce = task("announce_pulled_files")
    announce([{"files": []}, {"files": ["a.json"]}])
    with pytest.raises(AirflowSkipException):
        announce([{"files": []}])
    pending.append("a page of a run that was cut short")
    announce([])
    assert get_settings().pull_schedule is None
