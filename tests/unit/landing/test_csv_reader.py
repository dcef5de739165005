"""Any csv comes back as it was written, and no row of whatever bytes is lost."""

import csv
import io
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.landing.blanks import is_blank
from customer360.landing.contracts import FeedContract
from customer360.landing.formats import FORMATS
from customer360.landing.lines import line_blocks
from customer360.landing.outcomes import BadRow, Block, FileRejected
from customer360.landing.source_file import CHUNK_BYTES, open_source

CONTRACT = FeedContract(
    feed="test.people",
    table="test__people",
    columns=("id", "name", "city"),
    files="*",
    formats=("csv",),
    key=("id",),
    required=("id",),
    encoding="utf-8",
    delimiter=",",
    max_field_bytes=1000,
    declared_in="sources.yml",
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
SPICY = st.text(st.sampled_from('a ",\n\r;é\\'), max_size=8)
KEY = TEXT.filter(lambda text: not is_blank(text))


def read(path: Path, content: bytes, format_name: str = "csv") -> list[Block]:
    path.write_bytes(content)
    with open_source(path, path.name, CONTRACT.encoding) as source:
        return list(FORMATS[format_name].read(source, CONTRACT).blocks)


def rows_of(blocks: list[Block]) -> list[tuple[int | str, ...]]:
    text = b"".join(block.payload for block in blocks).decode()
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [(int(line), *fields) for line, *fields in rows]


def bad_rows_of(blocks: list[Block]) -> list[BadRow]:
    return [row for block in blocks for row in block.bad_rows]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landing") / "people.csv"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(KEY, TEXT | SPICY, SPICY), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_every_csv_comes_back_with_its_lines(
    path: Path, rows: list[tuple[str, str, str]], end: str, quoting: int
) -> None:
    if quoting != csv.QUOTE_ALL:  # the writer leaves CR bare, which then looks like a line end
        rows = [(key, name.replace("\r", ""), city.replace("\r", "")) for key, name, city in rows]
        rows = [row for row in rows if "\r" not in row[0]]
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(CONTRACT.columns)
    lines = []
    for row in rows:
        lines.append(file.getvalue().count("\n") + 1)
        writer.writerow(row)
    blocks = read(path, file.getvalue().encode())
    assert bad_rows_of(blocks) == []
    assert rows_of(blocks) == [(line, *row) for line, row in zip(lines, rows, strict=True)]
    assert sum(block.rows for block in blocks) == len(rows)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.binary(max_size=12)
        | st.sampled_from([b"1,a,b", b'2,"x"",y', b'3,"a\nb",c', b'"', b"\xe9"]),
        max_size=12,
    ),
    st.sampled_from(["csv", "ndjson"]),
)
def test_no_row_is_lost_whatever_the_bytes(path: Path, lines: list[bytes], name: str) -> None:
    start = b"id,name,city\n" if name == "csv" else b'{"id":1}\n'
    blocks = read(path, start + b"\n".join(lines), name)
    assert sum(block.rows for block in blocks) == len(rows_of(blocks)) + len(bad_rows_of(blocks))
    taken = [row[0] for row in rows_of(blocks)] + [row.line for row in bad_rows_of(blocks)]
    assert len(set(taken)) == len(taken)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_a_file_of_any_bytes_is_read_or_rejected(path: Path, content: bytes) -> None:
    with suppress(FileRejected):
        read(path, content)


def test_many_stray_quotes_cost_their_own_lines_and_no_quadratic_time(path: Path) -> None:
    good = b"".join(b"%d,Ann,Rome\n" % number for number in range(100))
    content = b"id,name,city\n" + (b'x,"Bob,Rome\n' + good) * 1000
    started = time.process_time()
    blocks = read(path, content)
    assert len(rows_of(blocks)) == 100_000
    assert {row.reason for row in bad_rows_of(blocks)} == {"stray_quote"}
    assert [row.line for row in bad_rows_of(blocks)][:3] == [2, 103, 204]
    assert time.process_time() - started < 10


def test_a_quoted_value_may_cross_blocks(path: Path) -> None:
    value = "\n".join(["x" * 90] * 10)
    filler = b"%04d,Ann,Rome\n" * 4618 % tuple(range(4618))
    for shift in range(0, 900, 50):
        content = b"id,name,city\n" + filler + b"a,," + b"y" * shift + b"\n"
        assert len(content) < CHUNK_BYTES < len(content) + len(value)
        rows = rows_of(read(path, content + f'2,"{value}",a\n3,b,c\n'.encode()))
        assert rows[-2:] == [(4621, "2", value, "a"), (4631, "3", "b", "c")]


def test_a_line_without_end_is_rejected_before_it_fills_the_memory() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"id\n"
        while True:
            yield b"x" * 1024**2

    with pytest.raises(FileRejected, match="longer than 5 MiB") as raised:
        list(line_blocks(chunks(), max_line_bytes=5 * 1024**2))
    assert raised.value.line == 2


def test_json_rows_have_their_lines(path: Path) -> None:
    blocks = read(path, b'{"id": 1}\n\n{"id": 2}\n', "ndjson")
    assert [row[0] for row in rows_of(blocks)] == [1, 3]
