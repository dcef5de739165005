"""Files, good and bad, and what must become of each: the cases of test_bad_input."""

import gzip
from dataclasses import dataclass, field

from customer360.landing.blanks import BLANKS

HEADER = b"id,name,city\n"
GOOD = HEADER + b"1,Ann,Rome\n"
MANY = HEADER + b"".join(b"%d,Ann,Rome\n" % number for number in range(5000))

Row = tuple[int, str, str | None, str | None]


@dataclass(frozen=True)
class Case:
    """A file and what must become of it; `says` are parts of the message or of the only detail."""

    id: str
    name: str
    content: bytes
    rows: list[Row] = field(default_factory=list)
    quarantined: list[tuple[int, str]] = field(default_factory=list)
    says: tuple[str, ...] = ()


LOADED = [
    Case("plain", "a.csv", GOOD, [(2, "1", "Ann", "Rome")]),
    Case("no newline at the end", "a.csv", GOOD.rstrip(), [(2, "1", "Ann", "Rome")]),
    Case("header only", "a.csv", HEADER),
    Case("header only, no newline", "a.csv", HEADER.rstrip()),
    Case("crlf", "a.csv", GOOD.replace(b"\n", b"\r\n"), [(2, "1", "Ann", "Rome")]),
    Case("lone cr", "a.csv", GOOD.replace(b"\n", b"\r"), [(2, "1", "Ann", "Rome")]),
    Case("utf-8 byte-order mark", "a.csv", b"\xef\xbb\xbf" + GOOD, [(2, "1", "Ann", "Rome")]),
    Case(
        "utf-16 with byte-order mark",
        "a.csv",
        "id,name,city\n1,Zoë,Rome\n".encode("utf-16"),
        [(2, "1", "Zoë", "Rome")],
    ),
    Case("gzip", "a.csv.gz", gzip.compress(GOOD), [(2, "1", "Ann", "Rome")]),
    Case("blank lines", "a.csv", b"\n" + HEADER + b"\n1,Ann,Rome\n\n", [(4, "1", "Ann", "Rome")]),
    Case("names in other case", "a.csv", b" ID ,Name,CITY\n1,Ann,\n", [(2, "1", "Ann", None)]),
    Case("other order", "a.csv", b"city,id,name\nRome,1,Ann\n", [(2, "1", "Ann", "Rome")]),
    Case("optional column missing", "a.csv", b"id,name\n1,Ann\n", [(2, "1", "Ann", None)]),
    Case("empty and empty text", "a.csv", HEADER + b'1,,""\n', [(2, "1", None, "")]),
    Case(
        "embedded newlines and quotes",
        "a.csv",
        HEADER + b'1,"Ann\n""the\r\nbest""",Rome\n2,Bob,"a,b"\n',
        [(2, "1", 'Ann\n"the\r\nbest"', "Rome"), (5, "2", "Bob", "a,b")],
    ),
    Case(
        "a lone backslash and dot",
        "a.csv",
        HEADER + b'1,"x\n\\.\ny",\\.\n',
        [(2, "1", "x\n\\.\ny", "\\.")],
    ),
    Case(
        "keys that only look blank",
        "a.csv",
        HEADER + '\x1c,Ann,\n\u200d,Bob,\n"\u2060",Cid,\n'.encode(),
        [(2, "\x1c", "Ann", None), (3, "\u200d", "Bob", None), (4, "\u2060", "Cid", None)],
    ),
    Case(
        "keys that only look blank in json",
        "a.ndjson",
        b'{"id":"\\u001c","name":"Ann"}\n{"id":"\\u200d"}\n',
        [(1, "\x1c", "Ann", None), (2, "\u200d", None, None)],
    ),
    Case(
        "ndjson",
        "a.ndjson",
        b'{"id": 1.10, "name": "A", "city": null}\n{"ID":"2","name":["x",{"y":1e2}],"city":""}\n',
        [(1, "1.10", "A", None), (2, "2", '["x", {"y": 1e2}]', "")],
    ),
    Case(
        "ndjson, gzip",
        "a.jsonl.gz",
        gzip.compress(b'{"id":1,"name":true}'),
        [(1, "1", "true", None)],
    ),
    Case(
        "json array",
        "a.json",
        b'[{"id": 1.10, "name": "[\\"},", "city": null},\r\n\n'
        b'{"ID":"2","Name":["x",{"y":1e2}],"city":""}]\n',
        [(1, "1.10", '["},', None), (2, "2", '["x", {"y": 1e2}]', "")],
    ),
    Case("json array without elements", "a.json", b" [ ] "),
    Case(
        "json array, byte-order mark, gzip",
        "a.json.gz",
        gzip.compress(b'\xef\xbb\xbf[{"id":1,"name":true}]'),
        [(1, "1", "true", None)],
    ),
    Case(
        "json array in utf-16",
        "a.json",
        '[{"id": 1, "name": "Zoë"}]'.encode("utf-16"),
        [(1, "1", "Zoë", None)],
    ),
]
# The good rows beside a bad one on line 3.
AROUND: list[Row] = [(2, "1", "Ann", "Rome"), (4, "3", "Cid", "Oslo")]


def around(row: bytes) -> bytes:
    return HEADER + b"1,Ann,Rome\n" + row + b"\n3,Cid,Oslo\n"


QUARANTINED = [
    Case(
        "short row",
        "a.csv",
        around(b"2,Bob"),
        AROUND,
        [(3, "short_row")],
        ("2 fields", "3", "quotes"),
    ),
    Case(
        "long row", "a.csv", around(b"2,Bob,a,b"), AROUND, [(3, "long_row")], ("4 fields", "quotes")
    ),
    Case("empty key", "a.csv", around(b" ,Bob,"), AROUND, [(3, "empty_key")], ("id is empty",)),
    Case("empty quoted key", "a.csv", around(b'" ",Bob,'), AROUND, [(3, "empty_key")], ("id",)),
    *[
        Case(
            f"key of U+{ord(blank):04X}",
            "a.csv",
            around(f'{blank},Bob,\n"{blank} ",Bob,\n{blank}x,Bob,'.encode()),
            [(2, "1", "Ann", "Rome"), (5, f"{blank}x", "Bob", None), (6, "3", "Cid", "Oslo")],
            [(3, "empty_key"), (4, "empty_key")],
            ("id is empty",),
        )
        for blank in BLANKS
        if blank not in "\r\n"
    ],
    Case(
        "keys of line ends",
        "a.csv",
        around(b'"\r\n",Bob,'),
        [(2, "1", "Ann", "Rome"), (5, "3", "Cid", "Oslo")],
        [(3, "empty_key")],
        ("id is empty",),
    ),
    Case(
        "keys of blanks in json",
        "a.ndjson",
        b'{"id":1,"name":"Ann"}\n' + b"".join(b'{"id":"\\u%04x"}\n' % ord(key) for key in BLANKS),
        [(1, "1", "Ann", None)],
        [(line, "empty_key") for line in range(2, len(BLANKS) + 2)],
    ),
    Case("nul byte", "a.csv", around(b"2,B\0b,"), AROUND, [(3, "nul_byte")], ("byte 4", "NUL")),
    Case(
        "latin-1",
        "a.csv",
        around("2,Zoë,Köln".encode("latin-1")),
        AROUND,
        [(3, "undecodable")],
        ("0xeb", "character 5", "latin-1", "_test__sources.yml"),
    ),
    Case("stray quote", "a.csv", around(b'2,B"ob,'), AROUND, [(3, "stray_quote")], ("double",)),
    Case("unclosed quote", "a.csv", around(b'2,"Bob,'), AROUND, [(3, "stray_quote")], ("closed",)),
    Case(
        "unclosed quote before a quoted row",
        "a.csv",
        HEADER + b'1,"Ann,Rome\n2,"Bob","Kyiv"\n',
        [(3, "2", "Bob", "Kyiv")],
        [(2, "stray_quote")],
    ),
    Case(
        "50 MB field",
        "a.csv",
        around(b"2,Bob," + b"x" * 50_000_000),
        AROUND,
        [(3, "oversized_field")],
        ("city holds 50,000,000 bytes", "1,048,576", "max_field_bytes"),
    ),
    Case(
        "bad json",
        "a.ndjson",
        b'{"id":1,"name":"Ann"}\n{"id":2,\n[3]\n{"id":4,"name":"Dan"}',
        [(1, "1", "Ann", None), (4, "4", "Dan", None)],
        [(2, "bad_json"), (3, "not_an_object")],
    ),
    Case(
        "json that Postgres cannot hold",
        "a.ndjson",
        b'{"id":1,"name":"\\u0000"}\n{"id":2,"name":"\\ud800"}\n{"id":3,"name":"x","o":1e999999}\n'
        b'{"id":4,"name":NaN}\n{"id":5,"id":6,"name":"x"}\n{"id":"7","name":"\\\\u0000"}\n'
        b'{"id":8,"name":' + b"[" * 100_000 + b"\n",
        [(6, "7", "\\u0000", None)],
        [(1, "undecodable"), (2, "undecodable"), *((line, "bad_json") for line in (3, 4, 5, 7))],
    ),
    Case(
        "keys missing in json",
        "a.ndjson",
        b'{"id":1,"name":"Ann"}\n{"name":"x"}\n{"id":null}\n{"id":""}\n',
        [(1, "1", "Ann", None)],
        [(2, "empty_key"), (3, "empty_key"), (4, "empty_key")],
    ),
    Case(
        "bad elements of a json array",
        "a.json",
        b'[{"id":1,"name":"Ann"},3,{"id":2,"name":NaN},,{"id":5,}\n,{"id":6,"name":"Dan"},"x",'
        b'{"id":"\\ud800"},{"name":"x"},{"id":9,"id":9}, {"id":"\xff"}, {"id":8,"n":}{"id":9},]',
        [(1, "1", "Ann", None), (6, "6", "Dan", None)],
        [
            (2, "not_an_object"),
            (3, "bad_json"),
            (4, "bad_json"),
            (5, "bad_json"),
            (7, "not_an_object"),
            (8, "undecodable"),
            (9, "empty_key"),
            (10, "bad_json"),
            (11, "undecodable"),
            (12, "bad_json"),
            (13, "bad_json"),
        ],
    ),
]

REJECTED = [
    Case("empty", "a.csv", b"", says=("is empty", "again")),
    Case("only blank lines", "a.csv", b"\n \r\n", says=("blank lines",)),
    Case("only a byte-order mark", "a.csv", b"\xef\xbb\xbf", says=("again",)),
    Case("wrong header", "a.csv", b"a,b\n1,2\n", says=("line 1", "not that of test.people", "'a'")),
    Case("no header", "a.csv", b"1,Ann,Rome\n", says=("line 1", "'Ann'", "header")),
    Case(
        "missing required column",
        "a.csv",
        b"id,nome\n1,Ann\n",
        says=("line 1", "missing: name", "'nome' meant as name?", "_test__sources.yml"),
    ),
    Case("other delimiter", "a.csv", b"id;name\n1;Ann\n", says=("';'", "delimiter", "line 1")),
    Case("duplicate header", "a.csv", b"id,name,Name \n1,a,b\n", says=("'name' more than once",)),
    Case("open quote in header", "a.csv", b'id,"name\n1,a\n', says=("line 1", "quote")),
    Case("latin-1 header", "a.csv", b"id,name,\xe9\n", says=("line 1", "latin-1")),
    Case(
        "utf-16 without byte-order mark",
        "a.csv",
        GOOD.decode().encode("utf-16-le"),
        says=("line 1", "UTF-16", "utf-16-le"),
    ),
    Case("truncated gzip", "a.csv.gz", gzip.compress(MANY)[:-500], says=("truncated", "again")),
    Case("damaged gzip", "a.csv.gz", gzip.compress(MANY)[:-8] + b"12345678", says=("damaged",)),
    Case("not gzip", "a.csv.gz", GOOD, says=("not gzip", ".gz")),
    Case("gzip unannounced", "a.csv", gzip.compress(GOOD), says=("gzip", ".gz")),
    Case("parquet as csv", "a.csv", b"PAR1" + b"\0" * 99, says=("Parquet",)),
    Case("workbook as csv", "a.csv", b"PK\x03\x04" + b"\0" * 99, says=("Excel",)),
    Case(
        "unknown suffix",
        "a.xlsx",
        GOOD,
        says=(".xlsx", "csv or ndjson or json or parquet", ".ndjson"),
    ),
    Case("csv as ndjson", "a.ndjson", GOOD, says=("JSON object",)),
    Case("no object has a required name", "a.ndjson", b'{"id":1}\n', says=("missing: name",)),
    Case("json array cut short", "a.json", b'[{"id":1,"name":"A"},', says=("truncated", "again")),
    Case("json array cut in a row", "a.json", b'[{"id":1,"name":"A"},{"id', says=("truncated",)),
    Case("json array cut in a text", "a.json", b'[{"id":1,"name":"A\\', says=("truncated",)),
    Case(
        "json array with a tail", "a.json", b'[{"id":1,"name":"A"}]\n[]', says=("behind the end",)
    ),
    Case("json object for an array", "a.json", b'{"id":1,"name":"A"}', says=("start with [",)),
    Case("csv as json", "a.json", GOOD, says=("start with [",)),
    Case("blanks as json", "a.json", b" \n ", says=("blanks", "array")),
    Case("json array of no objects", "a.json", b"[1, [2]]", says=("no element",)),
    Case("no element has a required name", "a.json", b'[{"id":1}]', says=("missing: name",)),
    Case("no feed", "../elsewhere/a.csv", GOOD, says=("no feed", "people/*", "--feed")),
]
