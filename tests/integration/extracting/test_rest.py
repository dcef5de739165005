"""An API is pulled whole, once and in order, whatever it does on the way."""

import datetime as dt
import json
import time

import psycopg2
import pytest

from customer360.database.connection import connect
from customer360.extracting import http_client, rest
from customer360.extracting.outcomes import PullBusy, PullFailed, SourceUnavailable
from customer360.extracting.progress import open_progress
from tests.integration.extracting import api_server
from tests.integration.extracting.api_server import ApiServer, Record, Trouble, status
from tests.integration.extracting.conftest import NOW, Puller

BY_PAGE = "{kind: rest, connection: source, path: /by_page, watermark: updated_at}"
BY_CURSOR = (
    "{kind: rest, connection: source, path: by_cursor, paging: cursor, records: result.items, "
    "next: meta.next, watermark: updated_at}"
)
BY_LINK = "{kind: rest, connection: source, path: by_link, paging: link, watermark: updated_at}"


def record(number: int, day: int = 1, name: str = "x") -> Record:
    return {"id": number, "name": f"{name}{number}", "updated_at": f"2025-01-{day:02d}T00:00:00Z"}


def records(count: int) -> list[Record]:
    return [record(number, day=number) for number in range(1, count + 1)]


def expected(rows: list[Record]) -> dict[str, str]:
    return {str(row["id"]): row["name"] for row in rows}


@pytest.mark.parametrize("definition", [BY_PAGE, BY_CURSOR, BY_LINK])
@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_every_page_comes_and_becomes_a_file(
    puller: Puller, api: ApiServer, definition: str, count: int
) -> None:
    puller.define(definition)
    api.records = records(count)
    pieces, watermark = puller.run(api.url)
    assert len(pieces) == len(puller.files) == -(-count // 3)
    assert sum(piece.rows for piece in pieces) == count
    assert watermark == (f"2025-01-{count:02d}T00:00:00Z" if count else None)
    if count:
        assert puller.names() == expected(api.records)
    assert {request.authorization for request in api.requests} == {"Bearer s3cret"}


def test_an_array_is_written_where_the_contract_says_so(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE, file_format="json")
    api.records = [{"id": 1, "name": 1.10, "nested": {"a": [None, "ü"]}}]
    puller.run(api.url)
    (file,) = puller.files
    assert file.suffix == ".json"
    assert json.loads(file.read_text()) == api.records
    assert puller.names() == {"1": "1.1"}


def test_numbers_stay_as_they_are_written(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.troubles = {
        1: lambda handler: handler.answer(b'[{"id": 1.10, "name": 12345678901234567890.10}]')
    }
    puller.run(api.url)
    assert puller.names() == {"1.10": "12345678901234567890.10"}


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


def test_pages_that_did_not_change_are_no_files(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE.replace(", watermark: updated_at", ""))
    api.records = records(7)
    puller.run(api.url)
    api.records[4]["name"] = "new"
    pieces, _ = puller.run(api.url, now=NOW + dt.timedelta(hours=1))
    assert [piece.file_name is None for piece in pieces] == [True, False, True]
    assert len(puller.files) == 4
    assert puller.names() == expected(api.records)


def test_what_comes_back_after_something_else_is_loaded_again(
    puller: Puller, api: ApiServer
) -> None:
    puller.define(BY_PAGE.replace(", watermark: updated_at", ""))
    for name in ("a", "b", "a", "b", "a", "a"):
        api.records = [record(1, name=name), record(2)]
        puller.run(api.url, now=NOW + dt.timedelta(minutes=len(puller.files)))
        assert puller.names() == expected(api.records)
    assert len(puller.files) == 5


def test_later_pages_are_loaded_later(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.page_size = 1
    api.records = [record(1, day=day, name=f"day {day} ") for day in range(1, 13)]
    puller.run(api.url)
    assert puller.names() == {"1": "day 12 1"}


def test_only_what_changed_is_asked_for_next_time(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.records = records(4)
    puller.run(api.url)
    api.requests.clear()
    api.records += [record(5, day=9), record(1, day=10, name="new")]
    pieces, watermark = puller.run(api.url, now=NOW + dt.timedelta(hours=1))
    assert api.requests[0].parameters["updated_since"] == "2025-01-04T00:00:00Z"
    assert (sum(piece.rows for piece in pieces), watermark) == (3, "2025-01-10T00:00:00Z")
    assert puller.names() == {"1": "new1", "2": "x2", "3": "x3", "4": "x4", "5": "x5"}


def test_nothing_new_leaves_the_watermark_and_everything_can_be_asked_for(
    puller: Puller, api: ApiServer
) -> None:
    puller.define(BY_PAGE)
    api.records = records(4)
    puller.run(api.url)
    api.records = []
    assert puller.run(api.url) == ([], "2025-01-04T00:00:00Z")
    api.requests.clear()
    puller.run(api.url, full=True)
    assert "updated_since" not in api.requests[0].parameters
    assert puller.run(api.url)[1] is None  # a full run that saw nothing


def test_an_overlap_asks_for_a_little_more(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE.replace("}", ", overlap_seconds: 3600}"))
    api.records = records(2)
    puller.run(api.url)
    api.requests.clear()
    puller.run(api.url)
    assert api.requests[0].parameters["updated_since"] == "2025-01-01T23:00:00Z"


def test_a_wrong_date_in_the_future_does_not_move_the_watermark(
    puller: Puller, api: ApiServer
) -> None:
    puller.define(BY_PAGE)
    api.records = [record(1), record(2) | {"updated_at": "2037-01-01T00:00:00Z"}, record(3, day=2)]
    assert puller.run(api.url)[1] == "2025-01-02T00:00:00Z"


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


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (400, "`pull` entry"),
        (401, "token"),
        (403, "right to read"),
        (404, "pull.path"),
        (301, "`pull` entry"),
    ],
)
def test_what_asking_again_will_not_mend_fails_at_once(
    puller: Puller, api: ApiServer, code: int, says: str
) -> None:
    puller.define(BY_PAGE)
    api.troubles = {1: status(code, Location="http://127.0.0.1:1/")}
    with pytest.raises(PullFailed, match=says) as failure:
        puller.run(api.url)
    assert "s3cret" not in str(failure.value)
    assert len(api.requests) == 1
    assert puller.files == []


def test_secrets_go_to_no_other_host(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_LINK)
    with ApiServer() as elsewhere:
        link = {"Link": f'<http://{elsewhere.address}/api/by_link>; rel="next"'}
        api.troubles = {1: lambda handler: handler.answer([record(1)], headers=link)}
        with pytest.raises(PullFailed, match="secrets are for"):
            puller.run(api.url)
        assert elsewhere.requests == []


def test_an_api_that_does_not_turn_the_page_is_found_out(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.troubles = dict.fromkeys((1, 2, 3), lambda handler: handler.answer([record(1)]))
    with pytest.raises(PullFailed, match="does not turn the page"):
        puller.run(api.url)


def test_an_api_that_leads_in_a_circle_is_found_out(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_CURSOR)

    def circling(cursor: str, number: int) -> Trouble:
        body = {"result": {"items": [record(number)]}, "meta": {"next": cursor}}
        return lambda handler: handler.answer(body)

    api.troubles = {1: circling("a", 1), 2: circling("b", 2), 3: circling("a", 3)}
    with pytest.raises(PullFailed, match="leads back"):
        puller.run(api.url)


def test_an_answer_without_a_list_says_where_to_set_it(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    api.troubles = {1: lambda handler: handler.answer({"data": []})}
    with pytest.raises(PullFailed, match=r"set `pull.records`"):
        puller.run(api.url)


def test_a_page_larger_than_memory_should_hold_is_refused(
    puller: Puller, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "MAX_PAGE_BYTES", 1_000)
    puller.define(BY_PAGE)
    api.records = [{"id": 1, "name": "x" * 2_000}]
    with pytest.raises(PullFailed, match=r"pull.page_size"):
        puller.run(api.url)


def test_records_that_are_none_are_the_loaders_to_judge(puller: Puller, api: ApiServer) -> None:
    puller.define(BY_PAGE)
    body = b'[{"id": 1, "name": "\\ud800"}, 3, {"id": 2, "name": NaN}, {"id": 4, "name": "x"}]'
    api.troubles = {1: lambda handler: handler.answer(body)}
    puller.run(api.url)
    (result,) = puller.load()
    assert (result.rows_loaded, result.rows_quarantined) == (1, 3)


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
