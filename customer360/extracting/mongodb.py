"""Pulls what mongoexport wrote into a directory: documents by line or in an array, gzip or not.

Each export file that was not seen before becomes one landing file of plain JSON. A document that is
no JSON goes on as it is: the loader sets it aside, with its line and the reason.
"""

import datetime as dt
import fnmatch
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from customer360.extracting.definitions import MongodbPull, Pull, written_format
from customer360.extracting.endpoints import Endpoint
from customer360.extracting.extended_json import plain
from customer360.extracting.landing_writer import LandingFiles, LandingWriter
from customer360.extracting.outcomes import Piece, PullFailed
from customer360.extracting.progress import Progress
from customer360.landing.discovery import landing_files
from customer360.landing.json_elements import array_elements
from customer360.landing.json_text import parse_json, to_json
from customer360.landing.lines import line_blocks
from customer360.landing.outcomes import FileRejected
from customer360.landing.source_file import SourceFile, open_source, sha256_of


def pull_mongodb(  # noqa: PLR0913 - the same as of the other kinds
    pull: Pull,
    endpoint: Endpoint,
    progress: Progress,
    landing_dir: Path,
    now: dt.datetime,
    *,
    full: bool = False,
) -> tuple[list[Piece], str | None]:
    """Pull the export files that are new, in order of their names; return the landing files.

    Raises:
        PullFailed: if there is no such directory, or files in it are broken; the others are pulled.
    """
    definition = pull.definition
    if not isinstance(definition, MongodbPull):
        raise TypeError(definition.kind)
    directory = endpoint.directory
    if not directory.is_dir():
        raise PullFailed(f"connection {endpoint.connection}: {directory} is no directory.")
    state = replace(progress.state(full=full), position=None)
    files = LandingFiles(
        landing_dir, pull, now, lambda sha256: progress.judge(state.run_id, sha256)
    )
    pieces: list[Piece] = []
    problems: list[str] = []
    for path in landing_files(directory):
        name = path.relative_to(directory).as_posix()
        if not fnmatch.fnmatch(name, definition.files):
            continue
        digest = sha256_of(path)
        if progress.has_read(name, digest) and not full:
            continue
        try:
            piece = _convert(files, path, name, digest)
        except FileRejected as rejection:
            problems.append(rejection.message(name))
            continue
        progress.record(state, piece, source=(name, digest))
        pieces += [piece] if piece else []
    if problems:
        raise PullFailed(f"connection {endpoint.connection}: " + " ".join(problems))
    return pieces, None


def _convert(files: LandingFiles, path: Path, name: str, digest: str) -> Piece | None:
    if path.stat().st_size == 0:  # an empty collection
        return None
    with (
        open_source(path, name, files.pull.contract.encoding) as source,
        files.new() as file,
    ):
        _write(source, file, is_array=written_format(files.pull) == "json")
        if source.sha256_of_bytes_read() != digest:
            raise FileRejected(
                "the file changed while it was read", "It is pulled again when it is whole"
            )
    return file.piece


def _write(source: SourceFile, file: LandingWriter, *, is_array: bool) -> None:
    for document in _documents(source):
        if is_array:
            file.write(b",\n" if file.rows else b"[\n")
        file.write(_plain_text(document) + (b"" if is_array else b"\n"))
        file.rows += 1
    if is_array and file.rows:
        file.write(b"\n]\n")


def _documents(source: SourceFile) -> Iterator[bytes]:
    """Yield the texts of the documents, which stand on a line each or in one array."""
    first = next(source.chunks, b"")
    chunks = chain([first], source.chunks)
    if first.lstrip().startswith(b"["):
        yield from chain.from_iterable(array_elements(chunks))
        return
    for block in line_blocks(chunks):
        yield from (line for line in block.lines if line.strip())


def _plain_text(document: bytes) -> bytes:
    try:
        value = plain(parse_json(document))
        if isinstance(value, dict) and "id" not in value:
            # Names that start with _ are the loader's own in raw.
            value = {"id" if name == "_id" else name: item for name, item in value.items()}
        return to_json(value).encode("utf-8", "backslashreplace")
    except (ValueError, RecursionError):
        return b" ".join(document.split(b"\n"))
