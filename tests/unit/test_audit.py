"""`make audit` finds what a vulnerability database knows, and says so where it cannot ask it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from customer360.settings import PROJECT_DIR

KNOWN = {
    "id": "OSV-PLANTED-1",
    "aliases": [],
    "summary": "planted",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "weak"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
        }
    ],
}


class Database(BaseHTTPRequestHandler):
    """Answers like OSV; knows one weakness of one package."""

    def do_POST(self) -> None:
        """Tell what is known of the package that is asked for."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked.get("package", {}).get("name")
        self.send_response(200 if name else 400)
        self.end_headers()
        self.wfile.write(json.dumps({"vulns": [KNOWN]} if name == "weak" else {}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a vulnerability database."""
    with HTTPServer(("127.0.0.1", 0), Database) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


def audit(tmp_path: Path, url: str, package: str) -> subprocess.CompletedProcess[str]:
    """Audit a lock of one package."""
    lock = tmp_path / "lock.txt"
    lock.write_text(f"{package} --hash=sha256:{'0' * 64}\n")
    return subprocess.run(
        [sys.executable, PROJECT_DIR / ".ci" / "audit", lock],
        env=os.environ | {"C360_OSV_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_known_vulnerability_fails_with_its_id(tmp_path: Path, database: str) -> None:
    result = audit(tmp_path, database, "weak==1.0")
    assert result.returncode == 1
    assert "OSV-PLANTED-1" in result.stdout


def test_package_without_one_passes(tmp_path: Path, database: str) -> None:
    assert audit(tmp_path, database, "strong==1.0").returncode == 0


def test_database_that_is_away_skips_with_the_reason(tmp_path: Path) -> None:
    result = audit(tmp_path, "http://127.0.0.1:9/v1/query", "weak==1.0")
    assert result.returncode == 0
    assert "The audit is skipped: http://127.0.0.1:9/v1/query does not answer" in result.stdout
