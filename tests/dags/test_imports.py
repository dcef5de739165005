"""Airflow imports every DAG file twice a minute: it must cost little and touch nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from customer360.settings import PROJECT_DIR

DAGS_DIR = PROJECT_DIR / "airflow" / "dags"
FILES = sorted(path.stem for path in DAGS_DIR.glob("*.py") if not path.stem.startswith("c360_"))
HEAVY = {"pandas", "numpy", "pyarrow", "dbt", "faker", "cosmos", "sqlalchemy.dialects.postgresql"}

# Runs in a fresh interpreter: a DAG that does nothing, then the DAG file under an audit hook.
PROBE = """
import importlib, json, sys, time
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, Param, dag, task

for schedule in (None, [Asset("noop")]):  # loads what any DAG makes Airflow load
    @dag(schedule=schedule, params={"day": Param("2024-01-01", type="string", format="date")})
    def noop():
        EmptyOperator(task_id="nothing")
    noop()
before, touched, watching = set(sys.modules), [], True

def hook(event, arguments):
    if not watching:
        return
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        touched.append(f"{event} {arguments!r}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & 3:
        touched.append(f"write {arguments[0]!r}")

sys.addaudithook(hook)
started = time.process_time()
importlib.import_module(sys.argv[1])
seconds, watching = time.process_time() - started, False
print(json.dumps({
    "seconds": seconds, "touched": touched, "modules": sorted(set(sys.modules) - before),
}))
"""


def probe(module: str, folder: Path, tmp_path: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AIRFLOW_HOME": str(tmp_path),
        "C360_DATABASE_URL": "postgresql://nobody@203.0.113.1/nowhere",
        "C360_DBT_TASKS": "layers",
    }
    result = subprocess.run(
        [sys.executable, "-c", PROBE, module],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("module", FILES)
def test_import_is_light_and_touches_nothing(module: str, tmp_path: Path) -> None:
    answer = probe(module, DAGS_DIR, tmp_path)
    loaded = {name for name in answer["modules"] if name in HEAVY or name.split(".")[0] in HEAVY}
    assert loaded == set()
    assert answer["touched"] == []
    assert answer["seconds"] < 1.0  # CPU seconds, beside those of a DAG that does nothing


def test_the_probe_sees_what_it_looks_for(tmp_path: Path) -> None:
    module = tmp_path / "careless.py"
    module.write_text(
        "import socket, numpy\n"
        "open('out.txt', 'w').close()\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))\n"
    )
    answer = probe("careless", tmp_path, tmp_path)
    assert "numpy" in answer["modules"]
    assert [entry.split()[0] for entry in answer["touched"]] == ["write", "socket.connect"]
