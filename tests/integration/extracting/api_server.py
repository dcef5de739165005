"""A real HTTP server with pages of records, which fails in the ways in which servers fail."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Record = dict[str, Any]
# Answers a request in its own way instead of well.
Trouble = Callable[["_Handler"], None]


@dataclass
class Request:
    """What was asked."""

    path: str
    parameters: dict[str, str]
    authorization: str | None


@dataclass
class ApiServer:
    """Serves `records` in pages of `page_size`; `troubles` come first, one for each request."""

    records: list[Record] = field(default_factory=list)
    troubles: dict[int, Trouble] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    page_size: int = 3
    routes: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.api = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://:s3cret@{self.address}/api"

    def selected(self, parameters: dict[str, str]) -> list[Record]:
        since = parameters.get("updated_since", "")
        return [record for record in self.records if str(record.get("updated_at", "")) >= since]

    def page(self, number: int, parameters: dict[str, str]) -> list[Record]:
        first = (number - 1) * self.page_size
        return self.selected(parameters)[first : first + self.page_size]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        api: ApiServer = self.server.api  # type: ignore[attr-defined]
        api.requests.append(Request(parts.path, parameters, self.headers["Authorization"]))
        trouble = api.troubles.pop(len(api.requests), None)
        if trouble is not None:
            trouble(self)
            return
        match f"/api/{api.routes[parts.path]}" if parts.path in api.routes else parts.path:
            case "/api/by_page":
                self.answer(api.page(int(parameters["page"]), parameters))
            case "/api/by_cursor":
                self.by_cursor(api, parameters)
            case "/api/by_link":
                self.by_link(api, parameters)
            case _:
                self.answer({"error": "no such thing"}, 404)

    def by_cursor(self, api: ApiServer, parameters: dict[str, str]) -> None:
        number = int(parameters.get("cursor", "c1").removeprefix("c"))
        more = api.page(number + 1, parameters)
        body = {
            "result": {"items": api.page(number, parameters)},
            "meta": {"next": f"c{number + 1}" if more else None},
        }
        self.answer(body)

    def by_link(self, api: ApiServer, parameters: dict[str, str]) -> None:
        number = int(parameters.get("n", "1"))
        since = parameters.get("updated_since", "")
        link = f'<by_link?n={number + 1}&updated_since={since}>; rel="next"'
        more = api.page(number + 1, parameters)
        self.answer(api.page(number, parameters), headers={"Link": link} if more else {})

    def answer(
        self, body: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def status(code: int, **headers: str) -> Trouble:
    """Answer a status, with headers such as Retry_After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer({"error": code}, code, named)


def hang_up(handler: _Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def cut_short(handler: _Handler) -> None:
    """Promise more bytes than are sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"id": 1}')
    handler.close_connection = True


def half_an_answer(handler: _Handler) -> None:
    """Send whole HTTP with half a JSON text."""
    handler.answer(b'[{"id": 1}, {"id"')


def an_error_page(handler: _Handler) -> None:
    """Send a page for people, as proxies do, with status 200."""
    handler.answer(b"<html>Please wait</html>")


def stall(handler: _Handler) -> None:
    """Say nothing for longer than anyone waits."""
    threading.Event().wait(3)
    handler.close_connection = True
