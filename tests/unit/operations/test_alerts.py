"""A failed task reaches people, by a real webhook receiver and a real mail server of our own."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from customer360.operations.alerts import tell_of_failure
from customer360.operations.task_runs import TaskRun
from customer360.redaction import redacted
from customer360.settings import Settings

SECRET = "pl4nted-s3cret"  # noqa: S105 - planted
FAILURE = TaskRun(
    dag_id="build_warehouse",
    run_id="manual__1",
    task_id="check_gates",
    map_index=-1,
    try_number=2,
    state="failed",
    build_id="b1",
    started_at=None,
    ended_at=datetime(2026, 2, 1, 3, 4, tzinfo=UTC),
    message=f"gate rows failed on postgresql://me:{SECRET}@host/db with password='{SECRET}'",
)


def settings(**values: object) -> Settings:
    """Return settings of nothing but these."""
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is posted; refuses on /refuse."""

    bodies: list[str]

    def do_POST(self) -> None:
        """Take the body."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.bodies.append(body)
        self.send_response(500 if self.path == "/refuse" else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[str]]]:
    """A receiver's address, and what it got."""
    bodies: list[str] = []
    handler = type("Handler", (Receiver,), {"bodies": bodies})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", bodies
        server.shutdown()
        thread.join()


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mails: list[str]
) -> None:
    """Speak as much SMTP (RFC 5321) as a client needs to leave mail without a login."""
    writer.write(b"220 test\r\n")
    while line := (await reader.readline()).decode().strip():
        if line.upper() == "DATA":
            writer.write(b"354 go on\r\n")
            text = await reader.readuntil(b"\r\n.\r\n")
            mails.append(text.decode())
        is_last = line.upper() == "QUIT"
        writer.write(b"221 bye\r\n" if is_last else b"250 fine\r\n")
        await writer.drain()
        if is_last:
            break
    writer.close()


@pytest.fixture
def mail_server() -> Iterator[tuple[str, list[str]]]:
    """A mail server's address, and the mails it got."""
    mails: list[str] = []
    loop = asyncio.new_event_loop()
    start = asyncio.start_server(lambda r, w: _converse(r, w, mails), "127.0.0.1", 0)
    server = loop.run_until_complete(start)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", mails
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


def test_nobody_is_told_unless_settings_say_so() -> None:
    assert tell_of_failure(settings(), FAILURE) == 0


def test_webhook_gets_what_failed_where_and_what_to_do(webhook: tuple[str, list[str]]) -> None:
    url, bodies = webhook
    assert tell_of_failure(settings(alert_webhook_url=url), FAILURE, "http://airflow/log") == 1
    text = json.loads(bodies[0])["text"]
    for part in (
        "build_warehouse · check_gates failed",
        "2026-02-01 03:04 UTC",
        "gate rows failed",
        "http://airflow/log",
        "docs/runbooks/README.md",
    ):
        assert part in text
    assert SECRET not in text


def test_mail_reaches_every_recipient(mail_server: tuple[str, list[str]]) -> None:
    url, mails = mail_server
    told = settings(alert_smtp_url=url, alert_emails="a@example.com, b@example.com")
    assert tell_of_failure(told, FAILURE) == 1
    mail = message_from_string(mails[0], policy=default)
    assert mail["To"] == "a@example.com, b@example.com"
    assert mail["Subject"] == "customer360: build_warehouse · check_gates failed"
    assert "gate rows failed" in mail.get_content()
    assert SECRET not in mail.get_content()


def test_one_way_that_fails_leaves_the_other(
    webhook: tuple[str, list[str]],
    mail_server: tuple[str, list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    url, mails = mail_server
    told = settings(
        alert_webhook_url=f"{webhook[0]}/refuse", alert_smtp_url=url, alert_emails="a@example.com"
    )
    assert tell_of_failure(told, FAILURE) == 1
    assert len(mails) == 1
    assert "webhook about the failure was not sent" in caplog.text


@pytest.mark.parametrize("url", ["smtp://me:pl4nted-s3cret@127.0.0.1:1", "mail.example.com"])
def test_mail_server_that_is_away_or_none_is_logged_without_its_password(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = settings(alert_smtp_url=url, alert_emails="a@example.com")
    assert tell_of_failure(told, FAILURE) == 0
    assert "e-mail about the failure was not sent" in caplog.text
    assert SECRET not in caplog.text


def test_settings_never_show_where_they_send_to() -> None:
    url = f"https://hooks.example.com/{SECRET}"
    assert SECRET not in repr(settings(alert_webhook_url=url, alert_smtp_url=url))


def test_text_without_passwords_stays_as_it_is() -> None:
    text = "12:30: see http://127.0.0.1:8080/log, mail a@example.com"
    assert redacted(text) == text
