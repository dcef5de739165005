"""Asks a REST API until it answers well: backoff, `Retry-After`, a limit to it all."""

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from customer360.extracting.endpoints import Endpoint
from customer360.extracting.outcomes import PullFailed, SourceUnavailable
from customer360.http_statuses import PASSING
from customer360.landing.json_text import Number

logger = logging.getLogger(__name__)

MAX_PAGE_BYTES = 64 * 1024**2

_HINTS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Check the login and the token of the connection",
    HTTPStatus.FORBIDDEN: "Ask the API's owner for the right to read it",
    HTTPStatus.NOT_FOUND: "Check the connection's URL and the feed's `pull.path`",
}


class PositionExpired(PullFailed):
    """The API no longer knows the place that it was asked to go on from."""


class _Passing(Exception):  # noqa: N818
    """An answer that may be better next time, after so many seconds if the API said so."""

    def __init__(self, problem: str, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Patience:
    """How long to bear with an API, in seconds. `sleep` is an argument for the tests' sake."""

    attempts: int = 6
    first_wait: float = 1
    longest_wait: float = 60
    longest_retry_after: float = 300
    timeout: float = 30
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Answer:
    """What came back: parsed JSON, and the URL of the `Link` header with rel=next, if any."""

    body: object
    next_url: str | None


class ApiClient:
    """One API. Secrets go to its own host only."""

    def __init__(self, endpoint: Endpoint, http: httpx.Client, patience: Patience) -> None:
        self._endpoint = endpoint
        self._base = httpx.URL(endpoint.bare_url)
        self._http = http
        self._patience = patience

    def url(self, path: str) -> httpx.URL:
        """Return the URL of a path below the connection's."""
        base = self._base.copy_with(path=f"{self._base.path.rstrip('/')}/", query=None)
        return base.join(path.lstrip("/"))

    def linked(self, url: httpx.URL, link: str) -> httpx.URL:
        """Return the URL that a link in the answer to `url` leads to.

        Raises:
            PullFailed: if it leads to another host, which must not see the secrets.
        """
        found, base = url.join(link), self._base
        if (found.scheme, found.host, found.port) != (base.scheme, base.host, base.port):
            raise PullFailed(
                f"connection {self._endpoint.connection}: the next page is at {found.host}, and "
                f"secrets are for {base.host} only. Ask the API's owner, or let the connection "
                "lead there."
            )
        return found

    def get(self, url: httpx.URL, parameters: Mapping[str, str]) -> Answer:
        """Return the answer to a request, asked again while trouble may pass.

        Raises:
            PullFailed: if asking again would not help.
            SourceUnavailable: if it did not help often enough.
        """
        patience = self._patience
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(patience.attempts),
            wait=self._wait,
            sleep=patience.sleep,
            before_sleep=_log_wait,
            reraise=True,
        )
        try:
            return retrying(self._get_once, url, parameters)
        except _Passing as trouble:
            raise SourceUnavailable(
                f"connection {self._endpoint.connection}: {url.copy_with(query=None)} failed "
                f"{patience.attempts} times, the last time with: {trouble}. What was pulled stays; "
                "the next run goes on from there."
            ) from trouble

    def _wait(self, state: RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        if isinstance(trouble, _Passing) and trouble.retry_after is not None:
            return trouble.retry_after
        patience = self._patience
        wait = wait_exponential_jitter(
            initial=patience.first_wait, max=patience.longest_wait, jitter=patience.first_wait
        )
        return wait(state)

    def _get_once(self, url: httpx.URL, parameters: Mapping[str, str]) -> Answer:
        try:
            with self._http.stream(
                "GET",
                url.copy_merge_params(dict(parameters)),
                auth=self._auth,
                headers=self._headers,
            ) as response:
                self._judge(response)
                body = self._read(response)
                link = response.links.get("next", {}).get("url")
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Passing(f"{type(error).__name__}: {error}") from error
        try:
            return Answer(json.loads(body, parse_int=Number, parse_float=Number), link)
        except (ValueError, RecursionError) as error:
            raise _Passing(f"the answer is no JSON ({error})") from error

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        what = f"HTTP {status} {response.reason_phrase}".strip()
        if status in PASSING:
            raise _Passing(what, self._retry_after(response))
        where = f"connection {self._endpoint.connection}: {response.url.copy_with(query=None)}"
        if status == HTTPStatus.GONE:
            raise PositionExpired(f"{where} answers {what}: this place in its list is gone.")
        hint = _HINTS.get(status, "Check the feed's `pull` entry against the API's manual")
        raise PullFailed(f"{where} answers {what}. {hint}.")

    def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_PAGE_BYTES:
                raise PullFailed(
                    f"connection {self._endpoint.connection}: a page is larger than "
                    f"{MAX_PAGE_BYTES // 1024**2} MiB. Lower the feed's `pull.page_size`."
                )
        return bytes(body)

    def _retry_after(self, response: httpx.Response) -> float | None:
        seconds = _seconds(
            response.headers.get("Retry-After", ""), response.headers.get("Date", "")
        )
        if seconds is not None and seconds > self._patience.longest_retry_after:
            raise SourceUnavailable(
                f"connection {self._endpoint.connection}: the API asks to wait {seconds:.0f} s. "
                "What was pulled stays; the next run goes on from there."
            )
        return seconds

    @property
    def _auth(self) -> httpx.BasicAuth | None:
        endpoint = self._endpoint
        return httpx.BasicAuth(endpoint.login, endpoint.password) if endpoint.login else None

    @property
    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self._endpoint.password and not self._endpoint.login:
            headers["Authorization"] = f"Bearer {self._endpoint.password}"
        return headers


def _seconds(retry_after: str, date: str) -> float | None:
    """Return what `Retry-After` says, as seconds or as a date by the server's own clock."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
        now = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    if until.tzinfo is None or now.tzinfo is None:
        until, now = (moment.replace(tzinfo=dt.UTC) for moment in (until, now))
    return max((until - now).total_seconds(), 0.0)


def _log_wait(state: RetryCallState) -> None:
    trouble = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0
    logger.warning("%s; asking again in %.1f s", trouble, wait)
