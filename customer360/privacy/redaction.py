"""Landing files without the rows that were erased; all other rows stay, byte for byte in text.

An erased row leaves its place empty, so that all others keep their numbers: a later erasure counts
on them.
"""

import gzip
import io
import logging
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from pyarrow import parquet

from customer360.database.connection import Connection
from customer360.landing.contracts import FeedContract
from customer360.landing.json_elements import array_elements
from customer360.landing.outcomes import suffixes
from customer360.landing.raw_tables import rows_table
from customer360.landing.source_file import open_source, sha256_of
from customer360.privacy.tombstones import has_tombstones

logger = logging.getLogger(__name__)

_STARTS = """
    select _line from {rows} where _batch_id = %(batch)s
    union select line from ops.quarantined_rows where batch_id = %(batch)s
    union select line from ops.erased_rows where batch_id = %(batch)s
"""

# A word of a file whose columns are not known may be a name of any kind.
_ANY_ERASED = """
    select exists (
        select from unnest(%(words)s) as word
        cross join unnest(%(kinds)s) as kind
        inner join ops.tombstones on digest = ops.tombstone_digest(
            kind || ':' || case when kind = 'email' then lower(word) else word end
        )
    )
"""
_WORD = re.compile(r"[\w@.+-]+")
_GZIP = b"\x1f\x8b"


def redact(connection: Connection, contract: FeedContract, batch_id: int, path: Path) -> None:
    """Replace a landing file of a batch by one without its erased rows; commit.

    The ledger knows the new file before it is there: whatever comes between, it is loaded never.
    """
    with connection, connection.cursor() as cursor:
        erased = _numbers(
            cursor, "select line from ops.erased_rows where batch_id = %(batch)s", batch_id
        )
        query = _STARTS.format(rows=rows_table(contract).as_string(cursor))
        starts = _numbers(cursor, query, batch_id)
        temporary = path.with_name(f".{path.name}.redacted.tmp")
        temporary.write_bytes(without_rows(path, contract, set(erased), starts))
        cursor.execute(
            "insert into ops.redacted_files (file_sha256, feed, batch_id, rows_erased)"
            " values (%s, %s, %s, %s) on conflict (feed, file_sha256)"
            " do update set rows_erased = excluded.rows_erased",
            [sha256_of(temporary), contract.feed, batch_id, len(erased)],
        )
    temporary.chmod(path.stat().st_mode & 0o777)
    os.replace(temporary, path)  # noqa: PTH105 - one call that cannot be half done


def remove_if_erased(
    connection: Connection, contracts: Mapping[str, FeedContract], path: Path
) -> None:
    """Remove a rejected file that names somebody erased: it has no rows that it could be rid of.

    The ledger keeps that it was there, and why it was rejected.
    """
    with connection, connection.cursor() as cursor:
        if has_tombstones(cursor) and names_somebody_erased(cursor, contracts, path):
            logger.warning("%s was rejected and names somebody erased: it is removed", path)
            path.unlink()


def names_somebody_erased(
    cursor: Cursor, contracts: Mapping[str, FeedContract], path: Path
) -> bool:
    """Tell whether a word of a file that could not be read by rows is a name of somebody erased."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == _GZIP else data).decode("utf-8", "replace")
    kinds = {kind for one in contracts.values() for kind in one.person.values()}
    cursor.execute(_ANY_ERASED, {"words": sorted(set(_WORD.findall(text))), "kinds": list(kinds)})
    return cursor.fetchone() == (True,)


def without_rows(
    path: Path, contract: FeedContract, erased: set[int], starts: Sequence[int]
) -> bytes:
    """Return a file's content without the rows of these numbers.

    Args:
        starts: the number of every row that the file has, which for text is its first line.
    """
    suffix, is_gzip = suffixes(path.name)
    if suffix == ".parquet":
        return _parquet(path, erased)
    with open_source(path, path.name, contract.encoding) as source:
        if suffix == ".json":
            several = (element for block in array_elements(source.chunks) for element in block)
            content = _json(several, erased)
        else:
            content = _text(b"".join(source.chunks), erased, sorted(starts))
    mark = b"" if contract.encoding == "utf-8" else b"\xef\xbb\xbf"  # says what it is now
    return gzip.compress(mark + content, mtime=0) if is_gzip else mark + content


def _numbers(cursor: Cursor, query: str, batch_id: int) -> list[int]:
    cursor.execute(query, {"batch": batch_id})
    return [int(number) for (number,) in cursor.fetchall()]


def _text(content: bytes, erased: set[int], starts: Sequence[int]) -> bytes:
    ends = dict(zip(starts, [*starts[1:], None], strict=True))
    line_end = b"\n" if b"\n" in content else b"\r"
    lines = [line + line_end for line in content.split(line_end)]
    lines[-1] = lines[-1].removesuffix(line_end)
    for start in erased:
        for index in range(start - 1, (ends[start] or len(lines) + 1) - 1):
            lines[index] = line_end
    return b"".join(lines)


def _json(elements: Iterable[bytes], erased: set[int]) -> bytes:
    kept = (
        b"null" if number in erased else element for number, element in enumerate(elements, start=1)
    )
    return b"[\n" + b",\n".join(kept) + b"\n]\n"


def _parquet(path: Path, erased: set[int]) -> bytes:
    table = parquet.read_table(path)
    keep = pa.array([number not in erased for number in range(1, table.num_rows + 1)], pa.bool_())
    columns = [
        pc.if_else(keep, column.combine_chunks(), pa.scalar(None, column.type))
        for column in table.columns
    ]
    output = io.BytesIO()
    parquet.write_table(pa.table(columns, names=table.column_names), output)
    return output.getvalue()
