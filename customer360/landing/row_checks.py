"""What can be wrong with one row: a short code, and a sentence on the cause and what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from customer360.landing.csv_grammar import Field
from customer360.landing.encoded_text import first_undecodable, is_utf8

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract

Problem = tuple[str, str]

STRAY_QUOTE: Problem = (
    "stray_quote",
    "a quote is opened and never closed, or stands where none may. Ask the sender to put values "
    "that hold quotes in quotes and to double the quotes in them",
)


def text_problem(raw: bytes, encoding: str, contract: "FeedContract") -> Problem | None:
    """Return why a row is no text that Postgres can hold, if it is not."""
    if b"\0" in raw:
        return (
            "nul_byte",
            f"NUL byte at byte {raw.index(0) + 1} of the row. Ask the sender to export without "
            f"NUL bytes; if the whole file is UTF-16, set `encoding` in {contract.declared_in}",
        )
    if is_utf8(raw):
        return None
    byte, position = first_undecodable(raw, encoding) or (0, 0)
    return (
        "undecodable",
        f"byte 0x{byte:02x} at character {position} is no {encoding}. Deliver the file as UTF-8, "
        f"or, if it is latin-1, set `encoding: latin-1` for {contract.feed} in "
        f"{contract.declared_in}",
    )


def field_problem(
    fields: Sequence[Field], names: Sequence[str], contract: "FeedContract"
) -> Problem | None:
    """Return why the fields of a csv row do not fit the header and the contract, if they do not."""
    if len(fields) != len(names):
        kind, cause = (
            ("short_row", "a delimiter is missing, or a line break is not in quotes")
            if len(fields) < len(names)
            else ("long_row", "a value holds a delimiter and is not in quotes")
        )
        return (
            kind,
            f"{len(fields)} fields where the header has {len(names)}: {cause}. "
            "Ask the sender to put such values in quotes",
        )
    sizes = {name: len(field.value) for name, field in zip(names, fields, strict=True)}
    return oversize_problem(sizes, contract)


def oversize_problem(sizes: dict[str, int], contract: "FeedContract") -> Problem | None:
    """Return which value is larger than the contract allows, if one is. Sizes in bytes."""
    for name, size in sizes.items():
        if size > contract.max_field_bytes:
            return (
                "oversized_field",
                f"{name} holds {size:,} bytes; the limit is {contract.max_field_bytes:,}. If it is "
                f"meant to be so large, raise `max_field_bytes` in {contract.declared_in}",
            )
    return None


def key_problem(blank: Sequence[str], contract: "FeedContract") -> Problem | None:
    """Return that key columns are blank, if any is."""
    if not blank:
        return None
    return (
        "empty_key",
        f"{', '.join(blank)} is empty, and a row of {contract.feed} is known by "
        f"{', '.join(contract.key)}. Ask the sender for the row with its key",
    )
