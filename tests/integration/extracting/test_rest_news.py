"""Only what is new at an API is asked for, and only what is new becomes a file."""

import datetime as dt

from tests.integration.extracting.api_server import ApiServer
from tests.integration.extracting.conftest import NOW, Puller
from tests.integration.extracting.things import BY_PAGE, expected, record, records


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
