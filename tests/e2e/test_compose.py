"""docker-compose.yml for real: up from nothing, run the pipeline, restart, down without a trace.

Uses the Docker engine that `docker info` finds (by DOCKER_HOST, say), or one that a script beside
the project can start; fails where there is neither, since they run only when asked for.
"""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
import requests

from customer360.bi.home import METADATA_LOGIN
from customer360.demo.pipeline import BUILD, EXPORT, GENERATE, INGEST, follow, run_pipeline
from customer360.demo.processes import free_port
from customer360.demo.rest import AirflowApi, AirflowApiError
from customer360.settings import PROJECT_DIR, get_settings

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]

SERVICES = [
    "airflow-api-server",
    "airflow-dag-processor",
    "airflow-scheduler",
    "postgres",
    "superset",
]
ENGINE = PROJECT_DIR.parent / "shared" / "tools" / "docker" / "engine.sh"
SECRETS = "/run/c360-secrets"
SUPERSET_SECRETS = "/var/lib/superset/superset/secrets"
PULL = "pull_sources"
CUSTOMERS = 300


@dataclass(frozen=True)
class Stack:
    """The stack under a project name and ports of its own."""

    project: str
    airflow_port: int
    postgres_port: int
    superset_port: int

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run `docker compose …` on this stack; return what it printed."""
        own = {
            "COMPOSE_PROJECT_NAME": self.project,
            "C360_AIRFLOW_PORT": str(self.airflow_port),
            "C360_POSTGRES_PORT": str(self.postgres_port),
            "C360_SUPERSET_PORT": str(self.superset_port),
            "COMPOSE_PROFILES": "bi",
        }
        result = subprocess.run(
            ["docker", "compose", "--env-file", os.devnull, *arguments],
            cwd=get_settings().project_dir,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def up(self) -> None:
        """Bring the stack up; where it does not become healthy, show why."""
        try:
            self.compose("up", "--build", "--detach", "--wait")
        except AssertionError as error:
            logs = self.compose("logs", "--no-color", "--tail=40", check=False)
            raise AssertionError(f"{error}\n{logs}") from None

    def secret(self, name: str) -> str:
        """Return a secret by the command that the compose file tells people."""
        return self.compose("exec", "-T", "airflow-api-server", "cat", f"{SECRETS}/{name}")

    def api(self) -> AirflowApi:
        """Return the REST API, logged in with the generated password."""
        api = AirflowApi("127.0.0.1", self.airflow_port)
        api.log_in("admin", self.secret("airflow_password"))
        return api

    def value(self, query: str) -> Any:
        """Return the only value of a query, over the published port."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.postgres_port,
            user="postgres",
            password=self.secret("postgres_password"),
            dbname="customer360",
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                (value,) = cursor.fetchone() or (None,)
        finally:
            connection.close()
        return value


def start_engine() -> None:
    """Point docker at the engine that the script starts, where there is one."""
    if missing_engine() and ENGINE.exists():
        subprocess.run([ENGINE, "up"], check=True)
        exports = subprocess.check_output([ENGINE, "env"], text=True).removeprefix("export ")
        os.environ.update(pair.split("=", 1) for pair in exports.split())


def missing_engine() -> str | None:
    """Return why the stack cannot run here, or None where it can."""
    for command in (["docker", "compose", "version"], ["docker", "info"]):
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return "there is no docker on PATH"
        if result.returncode != 0:
            return f"`{' '.join(command)}` says: {result.stderr.strip()}"
    return None


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack that is up; gone with its volumes in the end."""
    start_engine()
    if reason := missing_engine():
        pytest.fail(f"{reason}: these tests need a Docker engine with Compose")
    ports = [free_port(port) for port in (18080, 15433, 18088)]
    made = Stack(f"c360-test-{secrets.token_hex(3)}", *ports)
    try:
        made.up()
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "20", check=False)
    left = subprocess.run(
        ["docker", "volume", "ls", "--quiet", "--filter", f"name={made.project}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert left.stdout == ""


def test_pipeline_fills_the_warehouse(stack: Stack) -> None:
    runs = run_pipeline(stack.api(), GENERATE, {"customers": CUSTOMERS}, lambda _run: None)
    assert [(run.dag_id, run.state) for run in runs] == [
        (GENERATE, "success"),
        (INGEST, "success"),
        (BUILD, "success"),
        (EXPORT, "success"),
    ]
    built = {task.task_id: task.state for task in runs[2].tasks}
    assert built["evaluate_identity"] == built["fit_models"] == "success"
    assert stack.value("select count(*) from ops.lifetime_fits") > 0
    assert stack.value("select count(*) from ops.identity_evaluations") > 0
    latest = "/var/lib/customer360/exports/latest/manifest.json"
    assert '"role": "c360_bi"' in stack.compose("exec", "-T", "airflow-scheduler", "cat", latest)
    accounts = stack.value("select count(*) from raw.shop__customers")
    customers = stack.value("select count(*) from warehouse.customer_360")
    assert 0 < customers < accounts
    assert stack.value("select count(*) from warehouse.customer_rfm where segment is null") == 0
    assert stack.value("select count(*) from ops.gate_results where status <> 'passed'") == 0
    assert stack.value("select count(*) from ops.publications") == 1


def test_sources_without_connection_are_skipped(stack: Stack) -> None:
    api = stack.api()
    run = follow(api, PULL, api.trigger(PULL, {}), lambda _run: None)
    assert run.state == "success"
    pulls = [task.state for task in run.tasks if task.task_id == "pull_feed"]
    assert pulls
    assert set(pulls) == {"skipped"}


def test_run_log_holds_every_attempt(stack: Stack) -> None:
    dags = "select string_agg(distinct dag_id, ' ' order by dag_id) from ops.task_runs"
    assert stack.value(dags) == f"{BUILD} {EXPORT} {GENERATE} {INGEST} {PULL}"
    models = "select count(*) from ops.run_log where dag_id = 'build_warehouse' and kind = 'model'"
    assert stack.value(models) > 100


def superset_login(stack: Stack, password: str) -> requests.Response:
    """Ask Superset's REST API for the analyst's token."""
    return requests.post(
        f"http://127.0.0.1:{stack.superset_port}/api/v1/security/login",
        json={"username": "analyst", "password": password, "provider": "db"},
        timeout=120,
    )


def test_superset_shows_the_marts_to_the_analyst(stack: Stack) -> None:
    passwords = json.loads(
        stack.compose("exec", "-T", "superset", "cat", f"{SUPERSET_SECRETS}/passwords.json")
    )
    assert superset_login(stack, "analyst").status_code == 401
    token = superset_login(stack, passwords["analyst"]).json()["access_token"]
    api = f"http://127.0.0.1:{stack.superset_port}/api/v1"
    headers = {"Authorization": f"Bearer {token}"}
    boards = requests.get(f"{api}/dashboard/", headers=headers, timeout=120).json()
    assert boards["count"] == 7
    query = "(page_size:100,filters:!((col:table_name,opr:eq,value:customer_360)))"
    found = requests.get(f"{api}/dataset/?q={query}", headers=headers, timeout=120).json()
    asked = {
        "datasource": {"id": found["result"][0]["id"], "type": "table"},
        "queries": [{"metrics": ["customers"]}],
    }
    answer = requests.post(f"{api}/chart/data", json=asked, headers=headers, timeout=120).json()
    customers = stack.value("select count(*) from warehouse.customer_360")
    assert answer["result"][0]["data"] == [{"customers": customers}]


def test_superset_sees_no_secret_of_others(stack: Stack) -> None:
    own = f"cat {SUPERSET_SECRETS}/*; ls {SECRETS} 2>&1 || true"
    seen = stack.compose("exec", "-T", "superset", "sh", "-c", own)
    assert f"postgresql+psycopg2://{METADATA_LOGIN}:" in seen
    assert f"'{SECRETS}': No such file or directory" in seen
    assert stack.secret("postgres_password") not in seen
    assert stack.secret("airflow_password") not in seen


@pytest.mark.parametrize("service", SERVICES)
def test_file_system_is_read_only(stack: Stack, service: str) -> None:
    path = "/usr/local/bin/planted"
    script = f"touch {path} 2>&1 || true; touch /tmp/planted && echo tmp"
    said = stack.compose("exec", "-T", service, "sh", "-c", script)
    assert "Read-only file system" in said
    assert said.endswith("tmp\n")
    capabilities = stack.compose("exec", "-T", service, "grep", "CapEff", "/proc/1/status")
    assert int(capabilities.split()[1], 16) == 0


def test_no_secret_reaches_logs_or_configuration(stack: Stack) -> None:
    names = ("airflow_password", "postgres_password", "fernet_key", "jwt_secret", "api_secret_key")
    found = [stack.secret(name) for name in names]
    folders = "/opt/airflow/logs /var/lib/customer360/dbt"
    files = f"find {folders} -type f -exec cat {{}} + | tr -cd '[:print:]\\n'"
    told = {
        "task logs": stack.compose("exec", "-T", "airflow-scheduler", "sh", "-c", files),
        "container logs": stack.compose("logs", "--no-color"),
        "configuration": stack.compose("config"),
    }
    assert "load_files" in told["task logs"]
    for where, text in told.items():
        leaked = [name for name, secret in zip(names, found, strict=True) if secret in text]
        assert leaked == [], where
    for service in SERVICES:
        variables = stack.compose("exec", "-T", service, "env")
        assert [secret for secret in found if secret in variables] == []


def test_there_is_no_default_password(stack: Stack) -> None:
    for password in ("admin", "airflow", "postgres", ""):
        with pytest.raises(AirflowApiError):
            AirflowApi("127.0.0.1", stack.airflow_port).log_in("admin", password)
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(
                host="127.0.0.1", port=stack.postgres_port, user="postgres", password=password
            )


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_runs_as_root(stack: Stack, service: str) -> None:
    status = stack.compose("exec", "-T", service, "cat", "/proc/1/status")
    users = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in users


def test_ports_are_open_on_loopback_only(stack: Stack) -> None:
    assert stack.compose("port", "postgres", "5432").startswith("127.0.0.1:")
    assert stack.compose("port", "airflow-api-server", "8080").startswith("127.0.0.1:")
    assert stack.compose("port", "superset", "8088").startswith("127.0.0.1:")


def test_restart_keeps_data_and_secrets(stack: Stack) -> None:
    password = stack.secret("airflow_password")
    customers = stack.value("select count(*) from warehouse.customer_360")
    stack.compose("down", "--timeout", "20")
    stack.up()
    assert stack.secret("airflow_password") == password
    assert stack.value("select count(*) from warehouse.customer_360") == customers

    runs = run_pipeline(stack.api(), GENERATE, {"customers": CUSTOMERS}, lambda _run: None)
    assert [(run.dag_id, run.state) for run in runs] == [(GENERATE, "success"), (INGEST, "success")]
    assert stack.value("select count(*) from ops.publications") == 1
