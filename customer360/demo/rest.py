"""A small client of Airflow's REST API, on the standard library: it only ever talks to loopback."""

import json
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode

_TIMEOUT_SECONDS = 30
_FIRST_ERROR = 400
_NOT_FOUND = 404
_PAGE = 100


class AirflowApiError(RuntimeError):
    """Airflow answered with an error; the message has its status and its own words."""

    def __init__(self, request: str, status: int, detail: str) -> None:
        super().__init__(f"Airflow answered {request} with {status}: {detail}")
        self.status = status


class AirflowApi:
    """One user's view of one Airflow: DAGs, runs, tasks and asset events."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._token: str | None = None

    def log_in(self, user: str, password: str) -> None:
        """Fetch the token that the other calls send along."""
        answer = self.request("POST", "/auth/token", {"username": user, "password": password})
        self._token = answer["access_token"]

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Send one request and return the decoded JSON answer.

        Raises:
            AirflowApiError: for a status of 400 or above.
            OSError: if nobody answers.
        """
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = HTTPConnection(*self._address, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
        except HTTPException as error:
            raise ConnectionError(f"Airflow broke off {method} {path}: {error!r}") from error
        finally:
            connection.close()
        if response.status >= _FIRST_ERROR:
            raise AirflowApiError(f"{method} {path}", response.status, text[:500])
        return json.loads(text)

    def health(self) -> dict[str, Any]:
        """Return the health of the metadata database and of each component."""
        answer: dict[str, Any] = self.request("GET", "/api/v2/monitor/health")
        return answer

    def dag(self, dag_id: str) -> dict[str, Any]:
        """Return one DAG's details."""
        answer: dict[str, Any] = self.request("GET", f"/api/v2/dags/{dag_id}")
        return answer

    def import_errors(self, since: float) -> list[str]:
        """Return what the DAG processor could not import since that instant (epoch seconds)."""
        answer = self.request("GET", "/api/v2/importErrors")
        return [
            f"{error['filename']}: {error['stack_trace']}"
            for error in answer["import_errors"]
            if datetime.fromisoformat(error["timestamp"]).timestamp() >= since
        ]

    def unpause(self, dag_id: str) -> None:
        """Let the DAG's runs start."""
        self.request("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, conf: dict[str, Any]) -> str:
        """Start a run of the DAG with these parameters and return its run id."""
        body = {"logical_date": None, "conf": conf}
        run_id: str = self.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"]
        return run_id

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: queued, running, success or failed."""
        state: str = self.request("GET", self._run_path(dag_id, run_id))["state"]
        return state

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return all task instances of a run, mapped ones included."""
        instances: list[dict[str, Any]] = []
        while True:
            query = urlencode({"limit": _PAGE, "offset": len(instances)})
            page = self.request("GET", f"{self._run_path(dag_id, run_id)}/taskInstances?{query}")
            instances += page["task_instances"]
            if not page["task_instances"] or len(instances) >= page["total_entries"]:
                return instances

    def returned(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """Return what a task of a run returned; None if it returned nothing, or has not ended."""
        task = f"{self._run_path(dag_id, run_id)}/taskInstances/{quote(task_id, safe='')}"
        query = urlencode({"deserialize": "true"})
        try:
            answer = self.request("GET", f"{task}/xcomEntries/return_value?{query}")
        except AirflowApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return answer["value"]

    def asset_events(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the asset events of a run, each with the runs that it started."""
        query = urlencode({"source_dag_id": dag_id, "source_run_id": run_id})
        events: list[dict[str, Any]] = self.request("GET", f"/api/v2/assets/events?{query}")[
            "asset_events"
        ]
        return events

    @staticmethod
    def _run_path(dag_id: str, run_id: str) -> str:
        return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"
