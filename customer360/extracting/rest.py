"""Pulls the pages of a REST API, one landing file per page.

A page is written and then noted, so a run that is cut short goes on after the last complete page;
a page that was written but not noted is asked for again, and becomes the same file if it is the
same. The watermark moves only when the last page has come, whatever the order of the pages.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from customer360.extracting.definitions import Pull, RestPull, written_format
from customer360.extracting.endpoints import Endpoint
from customer360.extracting.http_client import Answer, ApiClient, Patience, PositionExpired
from customer360.extracting.landing_writer import LandingFiles
from customer360.extracting.outcomes import Piece, PullFailed
from customer360.extracting.progress import Position, Progress, State
from customer360.extracting.watermarks import moved_back, newest
from customer360.landing.json_text import as_text, to_json

_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class _Page:
    records: Sequence[object]
    next: Position | None


def pull_rest(  # noqa: PLR0913 - what differs between a task and a test
    pull: Pull,
    endpoint: Endpoint,
    progress: Progress,
    landing_dir: Path,
    now: dt.datetime,
    *,
    full: bool = False,
    patience: Patience | None = None,
) -> tuple[list[Piece], str | None]:
    """Pull what is new; return the landing files and the watermark.

    Raises:
        PullFailed: if the API answers what asking again will not mend.
        SourceUnavailable: if it did not answer well often enough.
    """
    patience = patience or Patience()
    with httpx.Client(timeout=patience.timeout, follow_redirects=False) as http:
        client = ApiClient(endpoint, http, patience)
        state = progress.state(full=full)
        try:
            return _Run(pull, client, progress, landing_dir, now).to_the_end(state)
        except PositionExpired:
            if state.position is None:
                raise
            state = progress.restarted(state)
            return _Run(pull, client, progress, landing_dir, now).to_the_end(state)


class _Run:
    def __init__(
        self, pull: Pull, client: ApiClient, progress: Progress, landing_dir: Path, now: dt.datetime
    ) -> None:
        if not isinstance(pull.definition, RestPull):
            raise TypeError(pull.definition.kind)
        self._pull = pull
        self._definition = pull.definition
        self._client = client
        self._progress = progress
        self._now = now
        self._run_id = ""
        self._files = LandingFiles(
            landing_dir, pull, now, lambda sha256: progress.judge(self._run_id, sha256)
        )

    def to_the_end(self, state: State) -> tuple[list[Piece], str | None]:
        self._run_id = state.run_id
        pieces: list[Piece] = []
        places = [state.position]
        last_digest = None
        while True:
            page = self._page(state)
            piece = self._write(page)
            if piece is not None and piece.sha256 == last_digest:
                raise PullFailed(
                    f"{self._pull.feed}: two pages in a row hold the same records, so the API does "
                    "not turn the page. Check `paging` and the names of its parameters."
                )
            last_digest = piece.sha256 if piece else None
            pieces += [piece] if piece else []
            state = replace(
                state,
                position=page.next,
                watermark_seen=newest(state.watermark_seen, self._marks(page), self._now),
            )
            self._progress.record(state, piece)
            if page.next is None:
                return pieces, state.watermark_seen
            if page.next in places:
                raise PullFailed(f"{self._pull.feed}: the API leads back to a page that it gave.")
            places.append(page.next)

    def _page(self, state: State) -> _Page:
        definition = self._definition
        parameters = dict(definition.parameters)
        if definition.size_parameter:
            parameters[definition.size_parameter] = str(definition.page_size)
        since = moved_back(state.watermark_from, definition.overlap_seconds)
        if since is not None and definition.since:
            parameters[definition.since] = since
        position = state.position or {}
        url = self._client.url(definition.path)
        if "url" in position:
            url, parameters = self._client.linked(url, position["url"]), {}  # it says all itself
        if "cursor" in position:
            parameters[definition.cursor_parameter] = position["cursor"]
        number = position.get("page", definition.first_page)
        if definition.paging == "page":
            parameters[definition.page_parameter] = str(number)
        answer = self._client.get(url, parameters)
        records = self._records(answer)
        return _Page(records, self._next(answer, records, number, url))

    def _records(self, answer: Answer) -> Sequence[object]:
        records = _at(answer.body, self._definition.records)
        if not isinstance(records, list):
            raise PullFailed(
                f"{self._pull.feed}: there is no list of records at {self._shown_place()}: set "
                "`pull.records` to where the answer has it."
            )
        if records and not any(isinstance(record, Mapping) for record in records):
            shown = ", ".join(to_json(record)[:_SHOWN_CHARACTERS] for record in records[:3])
            raise PullFailed(
                f"{self._pull.feed}: {self._shown_place()} is a list of {len(records)} that are no "
                f"records, such as {shown}: set `pull.records` to where the answer has objects."
            )
        return records

    def _shown_place(self) -> str:
        return self._definition.records or "the answer itself"

    def _next(
        self, answer: Answer, records: Sequence[object], number: int, url: httpx.URL
    ) -> Position | None:
        definition = self._definition
        if definition.paging == "page":
            return {"page": number + 1} if records else None
        found = _at(answer.body, definition.next) if definition.next else answer.next_url
        if not found:
            return None
        if definition.paging == "link":
            return {"url": str(self._client.linked(url, str(found)))}
        return {"cursor": str(found)}

    def _marks(self, page: _Page) -> list[str | None]:
        if not self._definition.watermark:
            return []
        return [as_text(_at(record, self._definition.watermark)) for record in page.records]

    def _write(self, page: _Page) -> Piece | None:
        is_array = written_format(self._pull) == "json"
        with self._files.new() as file:
            for record in page.records:
                if is_array:
                    file.write(b",\n" if file.rows else b"[\n")
                text = to_json(record).encode("utf-8", "backslashreplace")
                file.write(text if is_array else text + b"\n")
                file.rows += 1
            if is_array and file.rows:
                file.write(b"\n]\n")
        return file.piece


def _at(value: object, path: str) -> object:
    """Return what stands at a path of names parted by dots; None where it leads nowhere."""
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
