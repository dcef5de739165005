"""The file formats that can be read: a new one is a module with such a reader and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from customer360.landing.csv_format import read_csv
from customer360.landing.json_format import read_json
from customer360.landing.ndjson_format import read_ndjson
from customer360.landing.outcomes import FileRejected, Records, suffixes

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile


@dataclass(frozen=True)
class FileFormat:
    """A format: the suffixes that name it (`.gz` may follow those of text) and its reader."""

    suffixes: tuple[str, ...]
    read: "Callable[[SourceFile, FeedContract], Records]"
    is_text: bool = True


def _read_parquet(source: "SourceFile", contract: "FeedContract") -> Records:
    # Arrow takes a third of a second to import, and whoever reads contracts imports this module.
    from customer360.landing.parquet_format import read_parquet  # noqa: PLC0415

    return read_parquet(source, contract)


FORMATS: Mapping[str, FileFormat] = MappingProxyType(
    {
        "csv": FileFormat((".csv", ".tsv", ".txt"), read_csv),
        "json": FileFormat((".json",), read_json),
        "ndjson": FileFormat((".ndjson", ".jsonl"), read_ndjson),
        "parquet": FileFormat((".parquet", ".pq"), _read_parquet, is_text=False),
    }
)


def format_of(file_name: str, contract: "FeedContract") -> FileFormat:
    """Return the format that the contract and, where it names several, the suffix decide.

    Raises:
        FileRejected: if the suffix names none of the contract's formats.
    """
    suffix = suffixes(file_name)[0]
    for name in contract.formats:
        if suffix in FORMATS[name].suffixes:
            return FORMATS[name]
    wanted = [suffix for name in contract.formats for suffix in FORMATS[name].suffixes]
    raise FileRejected(
        f"the name ends in {suffix or 'no suffix'}, but {contract.feed} is delivered as "
        + " or ".join(contract.formats),
        f"Name the file with one of {', '.join(wanted)}, or change `format` in "
        f"{contract.declared_in}",
    )
