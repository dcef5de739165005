"""DAG runs are started and followed through trouble that may pass, and none is started twice."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from customer360.demo import rest
from customer360.demo.rest import AirflowApi, AirflowApiError

BROKEN_OFF = 0


class FakeAirflow(BaseHTTPRequestHandler):
    """Starts runs unless its script of statuses says otherwise; -201 starts one and hangs up."""

    script: list[int]
    runs: list[str]
    asked: list[str]

    def do_POST(self) -> None:
        """Start a run."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append("POST")
        status = self.script.pop(0) if self.script else 201
        if body["dag_run_id"] in self.runs:
            status = 409
        elif abs(status) == 201:
            self.runs.append(body["dag_run_id"])
        self._answer(status, {"dag_run_id": body["dag_run_id"]})

    def do_GET(self) -> None:
        """Show a run."""
        self.asked.append("GET")
        run_id = self.path.rpartition("/")[2].replace("%3A", ":").replace("%2B", "+")
        status = self.script.pop(0) if self.script else 200 if run_id in self.runs else 404
        self._answer(status, {"state": "running"})

    def _answer(self, status: int, body: object) -> None:
        if status <= BROKEN_OFF:
            self.close_connection = True
            return
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def airflow() -> Iterator[tuple[AirflowApi, type[FakeAirflow], list[float]]]:
    """A client, what it talks to, and the waits that it took."""
    waits: list[float] = []
    handler = type("Handler", (FakeAirflow,), {"script": [], "runs": [], "asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield AirflowApi("127.0.0.1", server.server_port, waits.append), handler, waits
        server.shutdown()
        thread.join()


Airflow = tuple[AirflowApi, type[FakeAirflow], list[float]]


@pytest.mark.parametrize("status", sorted(rest._PASSING))
def test_run_starts_once_trouble_has_passed(airflow: Airflow, status: int) -> None:
    api, server, waits = airflow
    server.script[:] = [status]
    if status == 409:
        server.script.append(404)  # no run of ours: the conflict was about something else
    assert [api.trigger("build_warehouse", {})] == server.runs
    assert len(waits) == 1


@pytest.mark.parametrize("lost", [BROKEN_OFF, -201])
def test_lost_answer_starts_no_second_run(airflow: Airflow, lost: int) -> None:
    api, server, _ = airflow
    server.script[:] = [lost]
    assert [api.trigger("build_warehouse", {})] == server.runs


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_will_not_pass_is_told_at_once(airflow: Airflow, status: int) -> None:
    api, server, waits = airflow
    server.script[:] = [status]
    with pytest.raises(AirflowApiError, match=str(status)):
        api.trigger("build_warehouse", {})
    assert (server.asked, waits) == (["POST"], [])


def test_following_a_run_bears_with_trouble_but_not_for_ever(airflow: Airflow) -> None:
    api, server, waits = airflow
    run_id = api.trigger("build_warehouse", {})
    server.script[:] = [503, BROKEN_OFF, 500]
    assert api.run_state("build_warehouse", run_id) == "running"
    assert len(waits) == 3
    server.script[:] = [503] * rest._ATTEMPTS
    with pytest.raises(AirflowApiError, match="503"):
        api.run_state("build_warehouse", run_id)
    assert sum(waits[3:]) < 60
