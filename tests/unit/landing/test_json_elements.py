"""An array is cut into its elements wherever chunks end; a broken one never passes for whole."""

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.landing.json_elements import array_elements
from customer360.landing.outcomes import FileRejected

SCALARS = st.none() | st.booleans() | st.integers() | st.text('ab"\\[]{},: é\n\U0001f600')
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\]'), inner, max_size=3)
    ),
    max_leaves=25,
)


def deep(levels: int) -> bytes:
    """Return an element that nests more deeply than the quick pattern looks."""
    return b'{"a":' * levels + b'"]"' + b"}" * levels


def cut(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def elements(chunks: list[bytes], max_bytes: int = 1024**2) -> list[bytes]:
    return [element for several in array_elements(iter(chunks), max_bytes) for element in several]


@given(
    values=st.lists(VALUES, max_size=6),
    is_ascii=st.booleans(),
    indent=st.sampled_from([None, 0, 2]),
    data=st.data(),
)
def test_any_array_is_cut_into_its_elements(
    values: list[object], *, is_ascii: bool, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(values, ensure_ascii=is_ascii, indent=indent).encode()
    ends = data.draw(st.lists(st.integers(0, len(text)), max_size=5).map(sorted))
    chunks = [text[start:end] for start, end in pairwise([0, *ends, len(text)])]
    assert [json.loads(element) for element in elements(chunks)] == values


@given(values=st.lists(VALUES, min_size=1, max_size=4), data=st.data())
def test_no_beginning_of_an_array_passes_for_one(values: list[object], data: st.DataObject) -> None:
    text = json.dumps(values).encode()
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(FileRejected):
        elements([text[:end]])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_elements_may_be_of_any_depth(size: int) -> None:
    wanted = [b'{"b":1}', deep(3), deep(60), b"[]", deep(6)]
    assert elements(cut(b"[" + b" ,\n".join(wanted) + b" ] ", size)) == wanted


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"[]", []),
        (b" [ \n] ", []),
        (b"[,]", [b"", b""]),
        (b"[{},]", [b"{}", b""]),
        (b"[1,2 3]", [b"1", b"2 3"]),
        (b'[{"a":1}x,{"b":2}]', [b'{"a":1}x', b'{"b":2}']),
        (b"[{]},}]", [b"{]}", b"}"]),
        (b'["\\"]","\\\\"]', [b'"\\"]"', b'"\\\\"']),
    ],
)
def test_what_is_no_json_is_still_cut_at_its_commas(
    text: bytes, wanted: list[bytes], size: int
) -> None:
    assert elements(cut(text, size)) == wanted


@pytest.mark.parametrize("text", [b"", b"  ", b"{}", b"x", b"[1] x", b"[1],", b'["', b"[[1]"])
def test_what_is_no_whole_array_is_refused(text: bytes) -> None:
    for size in (1, 1000):
        with pytest.raises(FileRejected):
            elements(cut(text, size))


def test_an_endless_element_is_refused() -> None:
    with pytest.raises(FileRejected, match="element 2 of its array is longer than 1 MiB"):
        elements(cut(b"[1," + b"[" * 1024**2 * 2, 1000))


@pytest.mark.parametrize(
    "element",
    [b'"' + b"\\\\" * 2_000_000, b"[" * 4_000_000, b'{"a":' * 800_000, b'"' + b"x" * 4_000_000],
)
def test_time_is_linear_in_a_long_element(element: bytes) -> None:
    started = time.process_time()
    with pytest.raises(FileRejected, match="truncated"):
        elements(cut(b"[" + element, 4096), max_bytes=2**30)
    assert time.process_time() - started < 8
