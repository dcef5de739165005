"""A small client of Airflow's REST API, on the standard library: it only ever talks to loopback."""

import json
import logging
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from tenacity import Retrying, before_sleep_log, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from customer360.http_statuses import PASSING

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 30
_FIRST_ERROR = 400
_PAGE = 100
_ATTEMPTS = 6  # with the waits between them, half a minute in all
_LONGEST_WAIT_SECONDS = 10
# Airflow says "conflict" also where two writers of its metadata database meet, as a trigger and the
# DAG processor do, and "server error" where that database is locked or away for a moment.
_PASSING = PASSING | {HTTPStatus.CONFLICT}


class AirflowApiError(RuntimeError):
    """Airflow answered with an error; the message has its status and its own words."""

    def __init__(self, request: str, status: int, detail: str) -> None:
        super().__init__(f"Airflow answered {request} with {status}: {detail}")
        self.status = status


class AirflowApi:
    """One user's view of one Airflow: DAGs, runs, tasks and asset events.

    What starts and follows runs is asked again where trouble may pass; `sleep` is an argument for
    the tests' sake. What is asked while Airflow starts is not: who waits for that asks again.
    """

    def __init__(self, host: str, port: int, sleep: Callable[[float], None] = time.sleep) -> None:
        self._address = (host, port)
        self._sleep = sleep
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

    def patiently(self, method: str, path: str, body: object = None) -> Any:
        """Send a request that may be sent twice, again while trouble may pass; return the answer.

        Raises:
            AirflowApiError, OSError: if it did not help often enough, or would not help.
        """
        return self._retrying()(self.request, method, path, body)

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential_jitter(1, _LONGEST_WAIT_SECONDS, jitter=0.5),
            sleep=self._sleep,
            before_sleep=before_sleep_log(logger, logging.WARNING),
            reraise=True,
        )

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
        self.patiently("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})

    def trigger(self, dag_id: str, conf: dict[str, Any]) -> str:
        """Start a run of the DAG with these parameters and return its run id.

        The id is ours, so that a request whose answer was lost starts no second run when it is
        sent again: a conflict over a run of that very id says that it was started.
        """
        run_id = f"manual__{datetime.now(UTC).isoformat()}__{uuid.uuid4().hex[:8]}"
        self._retrying()(self._start, dag_id, run_id, conf)
        return run_id

    def _start(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> None:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        try:
            self.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)
        except AirflowApiError as error:
            if error.status != HTTPStatus.CONFLICT or not self._exists(dag_id, run_id):
                raise

    def _exists(self, dag_id: str, run_id: str) -> bool:
        try:
            self.request("GET", self._run_path(dag_id, run_id))
        except AirflowApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: queued, running, success or failed."""
        state: str = self.patiently("GET", self._run_path(dag_id, run_id))["state"]
        return state

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return all task instances of a run, mapped ones included."""
        instances: list[dict[str, Any]] = []
        while True:
            query = urlencode({"limit": _PAGE, "offset": len(instances)})
            page = self.patiently("GET", f"{self._run_path(dag_id, run_id)}/taskInstances?{query}")
            instances += page["task_instances"]
            if not page["task_instances"] or len(instances) >= page["total_entries"]:
                return instances

    def returned(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """Return what a task of a run returned; None if it returned nothing, or has not ended."""
        task = f"{self._run_path(dag_id, run_id)}/taskInstances/{quote(task_id, safe='')}"
        query = urlencode({"deserialize": "true"})
        try:
            answer = self.patiently("GET", f"{task}/xcomEntries/return_value?{query}")
        except AirflowApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return answer["value"]

    def asset_events(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return the asset events of a run, each with the runs that it started."""
        query = urlencode({"source_dag_id": dag_id, "source_run_id": run_id})
        answer = self.patiently("GET", f"/api/v2/assets/events?{query}")
        events: list[dict[str, Any]] = answer["asset_events"]
        return events

    @staticmethod
    def _run_path(dag_id: str, run_id: str) -> str:
        return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, AirflowApiError):
        return error.status in _PASSING
    return isinstance(error, OSError)
