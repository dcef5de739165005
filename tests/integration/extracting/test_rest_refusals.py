"""What asking again will not mend is refused in words that say what to do."""

import json
import re

import pytest

from customer360.extracting import http_client
from customer360.extracting.outcomes import PullFailed
from customer360.landing.json_text import to_json
from tests.integration.extracting.api_server import ApiServer, Trouble, status
from tests.integration.extracting.conftest import Puller
from tests.integration.extracting.things import (
    BY_CURSOR,
    BY_LINK,
    BY_PAGE,
    expected,
    record,
    records,
)


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


@pytest.mark.parametrize("body", [b'["a", "b"]', b"[1, 2, 3]", b'[["id", "name"], ["1", "x"]]'])
def test_a_list_of_no_records_is_refused_with_what_came(
    puller: Puller, api: ApiServer, body: bytes
) -> None:
    """Were it a landing file, its rows would be quarantined, and its page not asked for again."""
    puller.define(BY_PAGE)
    api.records = records(2)
    api.troubles = {1: lambda handler: handler.answer(body)}
    first = to_json(json.loads(body)[0])
    with pytest.raises(PullFailed, match="no records, such as " + re.escape(first)):
        puller.run(api.url)
    assert puller.files == []
    puller.run(api.url)
    assert puller.names() == expected(api.records)


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
