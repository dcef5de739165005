"""The pages of an API become landing files, whole, once and in order."""

import json

import pytest

from tests.integration.extracting.api_server import ApiServer
from tests.integration.extracting.conftest import Puller
from tests.integration.extracting.things import BY_CURSOR, BY_LINK, BY_PAGE, expected, records


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
