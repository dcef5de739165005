"""Tell people of a failed task: by e-mail, by webhook, by both or not at all, as settings say."""

import json
import logging
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from customer360.errors import ConfigurationError
from customer360.operations.task_runs import TaskRun
from customer360.redaction import redacted
from customer360.settings import Settings

logger = logging.getLogger(__name__)

_SECONDS = 10
_LONGEST_MESSAGE = 4_000


def tell_of_failure(settings: Settings, failure: TaskRun, log_url: str | None = None) -> int:
    """Tell whoever the settings name; return by how many ways it was told.

    A way that fails is logged and does not keep the others from trying: the task's own failure
    must not be hidden behind that of its message.
    """
    text = message_text(failure, log_url)
    told = 0
    for way, send in ways(settings).items():
        try:
            send(subject(failure), text)
            told += 1
        except (OSError, smtplib.SMTPException, ConfigurationError) as error:
            logger.error("the %s about the failure was not sent: %s", way, redacted(str(error)))
    return told


def ways(settings: Settings) -> dict[str, Callable[[str, str], None]]:
    """Return how to send a subject and a text, by the name of the way."""
    found: dict[str, Callable[[str, str], None]] = {}
    webhook, smtp, recipients = (
        settings.alert_webhook_url,
        settings.alert_smtp_url,
        settings.alert_emails,
    )
    if webhook is not None:
        url = webhook.get_secret_value()
        found["webhook"] = lambda title, text: post(url, title, text)
    if smtp is not None and recipients:
        server, sender = smtp.get_secret_value(), settings.alert_sender
        found["e-mail"] = lambda title, text: mail(server, sender, recipients, title, text)
    return found


def subject(failure: TaskRun) -> str:
    """Return one line that says what is red."""
    return f"customer360: {failure.dag_id} · {failure.task_id} failed"


def message_text(failure: TaskRun, log_url: str | None) -> str:
    """Return what failed, when and why, where to look and what to do; it holds no password."""
    lines = [
        f"{failure.dag_id} · {failure.task_id} failed at {failure.ended_at:%Y-%m-%d %H:%M} UTC "
        f"(attempt {failure.try_number}, run {failure.run_id}).",
        "",
        redacted(failure.message or "It left no message.")[:_LONGEST_MESSAGE],
        "",
        *([f"Log: {log_url}"] if log_url else []),
        "What to do: docs/runbooks/README.md lists this task.",
    ]
    return "\n".join(lines)


def post(url: str, title: str, text: str) -> None:
    """Post `{"text": …}`, which Slack, Mattermost and Teams' workflows take.

    Raises:
        OSError: if nobody answers, or with an error.
        ConfigurationError: if it is no web address.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ConfigurationError("C360_ALERT_WEBHOOK_URL is no web address.")
    body = json.dumps({"text": f"{title}\n{text}"}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(url, data=body, headers=headers)  # noqa: S310 - the scheme was checked
    with urlopen(request, timeout=_SECONDS):  # noqa: S310
        pass


def mail(server: str, sender: str, recipients: str, title: str, text: str) -> None:
    """Send an e-mail through `smtp://user:password@host:port`, or smtps for TLS from the start.

    With a login, `smtp` asks for TLS before it sends the password.

    Raises:
        OSError, smtplib.SMTPException: if the server cannot be reached or refuses.
        ConfigurationError: if the address of the server is none.
    """
    parts = urlsplit(server)
    if parts.scheme not in {"smtp", "smtps"} or parts.hostname is None:
        raise ConfigurationError("C360_ALERT_SMTP_URL must look like smtp://user:password@host:587")
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = title, sender, recipients
    message.set_content(text)
    with _session(parts.scheme, parts.hostname, parts.port) as session:
        if parts.username:
            if parts.scheme == "smtp":
                session.starttls(context=ssl.create_default_context())
            session.login(unquote(parts.username), unquote(parts.password or ""))
        session.send_message(message)


def _session(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=_SECONDS, context=context)
    return smtplib.SMTP(host, port or 587, timeout=_SECONDS)
