"""Extended JSON, canonical and relaxed, becomes plain; what only looks like it stays."""

import pytest

from customer360.extracting.extended_json import plain
from customer360.landing.json_text import parse_json, to_json

# The examples of the specification, where there is one.
CASES = [
    ('{"$oid":"57e193d7a9cc81b4027498b5"}', '"57e193d7a9cc81b4027498b5"'),
    ('{"$numberInt":"-42"}', "-42"),
    ('{"$numberLong":"9223372036854775807"}', "9223372036854775807"),
    ('{"$numberDouble":"-1.0"}', "-1.0"),
    ('{"$numberDouble":"Infinity"}', '"Infinity"'),
    ('{"$numberDecimal":"1234.5600"}', "1234.5600"),
    ('{"$numberDecimal":"NaN"}', '"NaN"'),
    ('{"$date":{"$numberLong":"1356351330501"}}', '"2012-12-24T12:15:30.501Z"'),
    ('{"$date":{"$numberLong":"-1"}}', '"1969-12-31T23:59:59.999Z"'),
    ('{"$date":"2012-12-24T12:15:30.501Z"}', '"2012-12-24T12:15:30.501Z"'),
    ('{"$date":1356351330501}', '"2012-12-24T12:15:30.501Z"'),
    ('{"$timestamp":{"t":42,"i":1}}', '"1970-01-01T00:00:42Z"'),
    (
        '{"$binary":{"base64":"o0w498Or7cijeBSpkquNtg==","subType":"03"}}',
        '"o0w498Or7cijeBSpkquNtg=="',
    ),
    ('{"$uuid":"73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}', '"73ffd264-44b3-4c69-90e8-e7d1dfc035d4"'),
    ('{"$symbol":"symbol"}', '"symbol"'),
    ('{"$regularExpression":{"pattern":"foo*","options":"ix"}}', '"foo*"'),
    ('{"$undefined":true}', "null"),
    ('{"a":[{"b":{"$oid":"1f"}},1.10]}', '{"a": [{"b": "1f"}, 1.10]}'),
    ("null", "null"),
    ('{"$oid":1}', '"1"'),
    ('{"$oid":[1]}', '{"$oid": [1]}'),
    ('{"$oid":"1f","more":1}', '{"$oid": "1f", "more": 1}'),
    ('{"$date":{"$numberLong":"99999999999999999"}}', '{"$date": 99999999999999999}'),
    ('{"$date":"soon"}', '"soon"'),
    ('{"$numberInt":"many"}', '"many"'),
    ('{"$minKey":1}', '{"$minKey": 1}'),
]


@pytest.mark.parametrize(("extended", "wanted"), CASES)
def test_plain(extended: str, wanted: str) -> None:
    assert to_json(plain(parse_json(extended.encode()))) == wanted
