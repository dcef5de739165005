"""Switched on, dbt and Airflow tell a catalogue what they do; off, nobody; away, no harm."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt

VIEW = ["run", "--select", "stg_ops__load_batches", "--no-write-json"]
SECRET = "pl4nted-s3cret"  # noqa: S105 - planted

# What Airflow does at its start and as a task starts, without a scheduler around it.
AIRFLOW = """
from airflow.providers.openlineage.plugins.openlineage import OpenLineageProviderPlugin
from airflow.providers.openlineage.plugins.adapter import OpenLineageAdapter
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
print("listeners:", len(OpenLineageProviderPlugin.listeners))
if OpenLineageProviderPlugin.listeners:
    from airflow.providers.openlineage import conf
    OpenLineageAdapter().emit(RunEvent(
        eventType=RunState.START, eventTime="2026-01-01T00:00:00Z",
        run=Run("01941f29-7c00-7000-8000-000000000000"),
        job=Job(conf.namespace(), "build_warehouse.marts"), producer="https://example.com",
    ))
"""


class Catalogue(BaseHTTPRequestHandler):
    """Keeps the events."""

    events: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Take an event."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.events.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def catalogue() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A catalogue's address, and the events that it got."""
    events: list[dict[str, Any]] = []
    handler = type("Handler", (Catalogue,), {"events": events})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", events
        server.shutdown()
        thread.join()


def test_dbt_tells_what_it_wrote(
    database: Settings, catalogue: tuple[str, list[dict[str, Any]]]
) -> None:
    url, events = catalogue
    assert database.database_url is not None
    planted = database.database_url.get_secret_value().replace("postgres@", f"postgres:{SECRET}@")
    values = {"openlineage_url": SecretStr(url), "database_url": SecretStr(planted)}
    run_dbt(database.model_copy(update=values), VIEW, "told")
    written = {output["name"] for event in events for output in event.get("outputs", [])}
    assert any(name.endswith("staging.stg_ops__load_batches") for name in written)
    assert {event["eventType"] for event in events} == {"START", "COMPLETE"}
    assert {event["job"]["namespace"] for event in events} == {"customer360"}
    assert SECRET not in json.dumps(events)


def test_dbt_tells_nobody_unless_switched_on(
    database: Settings, catalogue: tuple[str, list[dict[str, Any]]]
) -> None:
    run_dbt(database, VIEW, "quiet")
    assert catalogue[1] == []


def test_catalogue_that_is_away_does_not_stop_dbt(
    database: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    away = database.model_copy(update={"openlineage_url": SecretStr("http://127.0.0.1:9")})
    run_dbt(away, VIEW, "away")
    assert "OpenLineage events were not sent" in caplog.text


@pytest.mark.parametrize("is_on", [True, False])
def test_airflow_tells_where_switched_on(
    tmp_path: Path, catalogue: tuple[str, list[dict[str, Any]]], *, is_on: bool
) -> None:
    url, events = catalogue
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        "OPENLINEAGE_URL": url if is_on else "",
        "OPENLINEAGE_NAMESPACE": "customer360",
    }
    result = subprocess.run(
        [sys.executable, "-c", AIRFLOW],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"listeners: {int(is_on)}" in result.stdout.splitlines()
    told = [(event["job"]["namespace"], event["job"]["name"]) for event in events]
    assert told == ([("customer360", "build_warehouse.marts")] if is_on else [])
