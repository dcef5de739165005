"""Trouble that passes is waited for; a run that was cut short goes on where it stood."""

import time

import psycopg2
import pytest

from customer360.database.connection import connect
from customer360.extracting import http_client, rest
from customer360.extracting.outcomes import PullBusy, SourceUnavailable
from customer360.extracting.progress import open_progress
from tests.integration.extracting import api_server
from tests.integration.extracting.api_server import ApiServer, Trouble, status
from tests.integration.extracting.conftest import Puller
from tests.integration.extracting.things import BY_CURSOR, BY_LINK, BY_PAGE, expected, records


@pytest.mark.parametrize(
    "trouble",
    [
        *(status(code) for code in (408, 425, 429, 500, 502, 503, 504)),
        api_server.hang_up,
        api_server.cut_short,
        api_server.half_an_answer,
        api_server.an_error_page,
        api_server.stall,
    ],
)
def test_trouble_that_passes_is_waited_for(
    puller: Puller, api: ApiServer, trouble: Trouble
) -> None:
    puller.define(BY_PAGE)
    api.records = records(5)
    api.troubles = {2: trouble, 3: trouble}
    puller.run(api.url)
    assert puller.names() == expected(api.records)
    first, second = puller.waits
    assert 1 <= first <= 2 <= second <= 3


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"Retry_After": "7"}, [7]),
        (
            {
                "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
                "Retry_After": "Thu, 01 Jan 2026 00:01:30 GMT",
            },
            [90],
        ),
        ({"Retry_After": "0"}, [0]),
    ],
)
def test_the_api_says_how_long_to_wait(
    puller: Puller, api: ApiServer, headers: dict[str, str], waits: list[float]
) -> None:
    puller.define(BY_PAGE)
    api.records = records(2)

    def busy(handler: api_server._Handler) -> None:
        handler.send_response_only(429)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    api.troubles = {1: busy}
    puller.run(api.url)
    assert puller.waits == waits


def test_it_really_waits(puller: Puller, api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    puller.define(BY_PAGE)
    api.records = records(1)
    api.troubles = {1: status(503, Retry_After="1")}
    monkeypatch.setattr(puller, "waits", None)
    monkeypatch.setattr(
        "tests.integration.extracting.conftest.Patience",
        lambda **options: http_client.Patience(**(options | {"sleep": time.sleep})),
    )
    monkeypatch.setattr(puller, "waits", [])
    started = time.monotonic()
    puller.run(api.url)
    assert time.monotonic() - started >= 1


def test_too_long_a_wait_is_left_to_the_next_run(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.records = records(5)
    api.troubles = {2: status(429, Retry_After="86400")}
    with pytest.raises(SourceUnavailable, match="wait 86400 s"):
        puller.run(api.url)
    assert len(puller.files) == 1
    puller.run(api.url)
    assert puller.names() == expected(api.records)


@pytest.mark.parametrize("definition", [BY_PAGE, BY_CURSOR, BY_LINK])
def test_a_run_goes_on_after_the_last_complete_page(
    puller: Puller, api: ApiServer, definition: str
) -> None:
    puller.define(definition)
    api.records = records(8)
    api.troubles = dict.fromkeys((3, 4, 5, 6), status(500))
    with pytest.raises(SourceUnavailable, match="failed 4 times, the last time with: HTTP 500"):
        puller.run(api.url)
    assert puller.names() == expected(api.records[:6])
    assert len(api.requests) == 6
    pieces, watermark = puller.run(api.url)
    assert (len(pieces), watermark) == (1, "2025-01-08T00:00:00Z")
    assert "updated_since" not in api.requests[6].parameters
    assert puller.names() == expected(api.records)


def test_a_page_that_was_written_but_not_noted_is_loaded_once(
    puller: Puller, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    puller.define(BY_PAGE)
    api.records = records(5)
    with monkeypatch.context() as patch:
        patch.setattr(rest.Progress, "record", lambda *_: (_ for _ in ()).throw(psycopg2.Error))
        with pytest.raises(psycopg2.Error):
            puller.run(api.url)
    assert len(puller.files) == 1
    puller.run(api.url)
    assert puller.names() == expected(api.records)
    assert puller.rows("select count(*) from raw.test__things") == [(5,)]


def test_a_changed_definition_starts_a_new_run(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.records = records(8)
    api.troubles = dict.fromkeys((3, 4, 5, 6), status(500))
    with pytest.raises(SourceUnavailable):
        puller.run(api.url)
    api.requests.clear()
    puller.define(BY_PAGE.replace("}", ", parameters: {kind: all}}"))
    puller.run(api.url)
    assert api.requests[0].parameters == {"page": "1", "page_size": "500", "kind": "all"}


def test_a_place_that_is_gone_starts_the_run_anew(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_CURSOR)
    api.records = records(8)
    api.troubles = dict.fromkeys((3, 4, 5, 6), status(500))
    with pytest.raises(SourceUnavailable):
        puller.run(api.url)
    api.troubles = {7: status(410)}
    pieces, _ = puller.run(api.url)
    assert len(pieces) == 3
    assert puller.names() == expected(api.records)
    assert puller.rows("select count(*) from raw.test__things") == [(8,)]


def test_a_killed_pull_leaves_nothing_that_could_be_loaded(
    puller: Puller, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    puller.define(BY_PAGE)
    api.records = records(2)
    with monkeypatch.context() as patch:
        patch.setattr(rest, "to_json", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            puller.run(api.url)
    assert puller.files == []
    left = puller.settings.landing_dir / "test/things/.pulling-test_things-0.tmp"
    left.write_text("half a page, as a killed process leaves it")
    assert puller.load() == []
    puller.run(api.url)
    assert not left.exists()


def test_one_process_at_a_time_pulls_a_feed(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    with (
        connect(puller.settings, role="c360_loader") as connection,
        open_progress(connection, puller.pull),
        pytest.raises(PullBusy, match="another process"),
    ):
        puller.run(api.url)
