"""Run a generation: blocks made by one or more processes, written in order."""

import dataclasses
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from data_generators.blocks import BlockOutput, Materials, produce
from data_generators.catalogue import build_catalogue
from data_generators.config import GeneratorConfig
from data_generators.csv_text import csv_bytes
from data_generators.deliveries import file_name
from data_generators.formats import RowWriter
from data_generators.plan import BlockPlan, plan_blocks
from data_generators.pools import build_pools
from data_generators.sources import SOURCES
from data_generators.truth import HEADERS
from data_generators.workers import prepare, produce_prepared
from data_generators.writing import OutputError, StagedFiles

# Called with customer records done and to do, after every block.
Progress = Callable[[int, int], None]

# Finished blocks that may wait for their turn, per process; bounds the memory.
BLOCKS_AHEAD = 2
GENERATION_FILE = "truth/generation.json"


@dataclass(frozen=True)
class GenerationSummary:
    """What was generated. `rows` are distinct rows per feed, before any is delivered twice."""

    files: Sequence[Path]
    people: int
    rows: Counter[str]
    defects: Counter[tuple[str, str]]


def no_progress(done: int, total: int) -> None:
    """Show nothing."""


def generate(config: GeneratorConfig, progress: Progress = no_progress) -> GenerationSummary:
    """Write the files of a generation into `config.output`.

    The same configuration always writes the same bytes; where they are in place already, nothing
    changes. Raises OutputError if the directory holds another generation.
    """
    claim(config)
    weights = {source.name: source.record_share for source in SOURCES}
    plans = plan_blocks(config.customers, weights, config.defects.duplicate_record)
    materials = Materials(config, build_pools(), build_catalogue(config.seed))
    people, rows, defects = 0, Counter[str](), Counter[tuple[str, str]]()
    with StagedFiles(config.output) as files:
        start_files(files, materials)
        done = 0
        for output in outputs(plans, materials):
            append(files, output)
            people += output.people
            rows += output.rows
            defects += output.defects
            done += output.records
            progress(done, config.customers)
        append_counts(files, defects)
        files.finish()
        published = files.publish()
    landing = config.output / "landing"
    delivered = [path for path in published if path.is_relative_to(landing)]
    return GenerationSummary(delivered, people, rows, defects)


def claim(config: GeneratorConfig) -> bytes:
    """Return the description of a generation, or raise if the output holds another one."""
    values = dataclasses.asdict(config)
    del values["output"], values["workers"]
    description = (json.dumps(values, default=str, indent=2) + "\n").encode()
    path = config.output / GENERATION_FILE
    if path.exists() and path.read_bytes() != description:
        raise OutputError(
            f"{config.output} holds another generation (see {path}), and the keys of the two would "
            "collide. Use its settings, choose another --output (C360_DATA_DIR for the demo), or "
            f"start afresh: remove {config.output / 'landing'}, {path.parent} and the database "
            "they were loaded into."
        )
    return description


def start_files(files: StagedFiles, materials: Materials) -> None:
    """Start every file of the first delivery, so that each feed has one, and all truth files."""
    config = materials.config
    files.write(GENERATION_FILE, claim(config))
    for feed in (feed for source in SOURCES for feed in source.feeds):
        path = file_name(feed, config.initial_delivery, config)
        files.deliver(f"landing/{path}", feed, b"")
    for name, header in HEADERS.items():
        files.append(f"truth/{name}", csv_bytes([header]), b"")
    for table in (
        table for source in SOURCES for table in source.reference_tables(materials.catalogue)
    ):
        path = file_name(table.feed, config.initial_delivery, config)
        files.deliver(f"landing/{path}", table.feed, RowWriter(table).all_lines())


def append(files: StagedFiles, output: BlockOutput) -> None:
    """Append a block to the files."""
    feeds = {feed.unique_name: feed for source in SOURCES for feed in source.feeds}
    for (feed, path), lines in output.landing.items():
        files.deliver(f"landing/{path}", feeds[feed], lines)
    for name, lines in output.truth.items():
        files.append(f"truth/{name}", csv_bytes([HEADERS[name]]), lines)


def append_counts(files: StagedFiles, defects: Counter[tuple[str, str]]) -> None:
    """Write how many rows of each feed carry each defect."""
    header = ("feed", "defect", "rows")
    rows = ((feed, defect, count) for (feed, defect), count in sorted(defects.items()))
    files.write("truth/defect_counts.csv", csv_bytes([header, *rows]))


def outputs(plans: Sequence[BlockPlan], materials: Materials) -> Iterator[BlockOutput]:
    """Yield finished blocks in order, made by as many processes as configured."""
    workers = min(materials.config.workers, len(plans))
    if workers == 1:
        yield from (produce(plan, materials) for plan in plans)
        return
    # Spawned, not forked: the caller may have threads, as a progress bar or a scheduler does.
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=prepare, initargs=(materials,)
    ) as pool:
        yield from in_order(pool, plans, ahead=workers * BLOCKS_AHEAD)


def in_order(
    pool: ProcessPoolExecutor, plans: Sequence[BlockPlan], ahead: int
) -> Iterator[BlockOutput]:
    """Yield results in the order of the plans with at most `ahead` of them in the making."""
    waiting: deque[Future[BlockOutput]] = deque()
    for plan in plans:
        waiting.append(pool.submit(produce_prepared, plan))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
