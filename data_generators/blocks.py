"""One block from plan to bytes. Blocks know nothing of each other, so any process can make any."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from data_generators.catalogue import RANGES, Catalogue
from data_generators.config import GeneratorConfig
from data_generators.csv_text import csv_bytes
from data_generators.dates import deliver_dates
from data_generators.defects import inject
from data_generators.deliveries import file_name, schedule
from data_generators.formats import RowWriter
from data_generators.plan import BlockPlan
from data_generators.pools import Pool
from data_generators.population.people import Block, make_block
from data_generators.sources import SOURCES
from data_generators.sources.base import Integers, Observation, Source
from data_generators.sources.records import register
from data_generators.tables import Finding, Table
from data_generators.truth import truth_rows

Floats = NDArray[np.float64]

# Whose customer card stores read.
CARD_ISSUER = "shop"


@dataclass(frozen=True)
class Materials:
    """What all blocks share."""

    config: GeneratorConfig
    pools: Mapping[str, Pool]
    catalogue: Catalogue


@dataclass(frozen=True)
class BlockOutput:
    """Lines to append to files: landing by feed and path, truth by name; and what was counted."""

    records: int
    people: int
    landing: dict[tuple[str, str], bytes]
    truth: dict[str, bytes]
    rows: Counter[str]
    defects: Counter[tuple[str, str]]


@contextmanager
def without_garbage_collector() -> Iterator[None]:
    """Pause the collector of cycles: a block makes many small objects and no cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@without_garbage_collector()
def produce(plan: BlockPlan, materials: Materials) -> BlockOutput:
    """Make the people of a block, what every source saw of them, and its defects."""
    block = make_block(materials.config, plan, materials.pools, len(RANGES))
    purchases = purchases_by_source(block)
    observations: dict[str, Observation] = {}
    for source in SOURCES:
        observations[source.name] = source.observe(
            block, purchases[source.name], materials.catalogue, observations
        )
    findings = [finding for seen in observations.values() for finding in seen.findings]
    landing: dict[tuple[str, str], bytes] = {}
    rows: Counter[str] = Counter()
    for seen in observations.values():
        for table in seen.tables:
            findings += spoil(block, table)
            delivered, late = deliver(block, table)
            findings += late
            landing |= delivered
            rows[table.feed.name] += len(table)
    truth = truth_rows(block, observations, findings)
    return BlockOutput(
        plan.records,
        plan.people,
        landing,
        {name: csv_bytes(lines) for name, lines in truth.items()},
        rows,
        rows_per_defect(findings),
    )


def purchases_by_source(block: Block) -> dict[str, Integers]:
    """Divide the block's purchases among the sources that sell and that know the buyer."""
    weights = np.column_stack([weights_of(block, source) for source in SOURCES])
    bounds = weights.cumsum(axis=1)[block.purchases.buyers]
    drawn = block.stream("channels").random(len(bounds)) * bounds[:, -1]
    chosen = (drawn[:, np.newaxis] >= bounds).sum(axis=1)
    return {source.name: np.flatnonzero(chosen == i) for i, source in enumerate(SOURCES)}


def weights_of(block: Block, source: Source) -> Floats:
    """Return for each person the weight with which they buy from a source.

    A source without customer records reads the shop's cards. The fewer people a source knows, the
    more they buy there, so that it has its share of all purchases.
    """
    keeper = source.name if source.record_share else CARD_ISSUER
    holders = register(block, block.plan.accounts[keeper], keeper).people
    is_known = np.isin(np.arange(block.plan.people), holders)
    return np.where(is_known, source.purchase_share / max(is_known.mean(), 1 / len(is_known)), 0.0)


def spoil(block: Block, table: Table) -> list[Finding]:
    """Write the dates of a table and inject its feed's defects."""
    rates, rng = block.config.defects, block.stream(f"{table.feed.unique_name} defects")
    return deliver_dates(table, rates, rng) + inject(table, table.feed.defects, rates, rng)


def deliver(block: Block, table: Table) -> tuple[dict[tuple[str, str], bytes], list[Finding]]:
    """Divide a table among delivery days."""
    rng = block.stream(f"{table.feed.unique_name} deliveries")
    deliveries, findings = schedule(table, block.config, rng)
    writer, feed = RowWriter(table), table.feed
    files = {
        (feed.unique_name, file_name(feed, delivery.day, block.config)): writer.lines(delivery.rows)
        for delivery in deliveries
    }
    return files, findings


def rows_per_defect(findings: Sequence[Finding]) -> Counter[tuple[str, str]]:
    """Count rows, not cells, per feed and defect: swapped names, for one, are two cells."""
    rows = set(map(itemgetter(0, 1, 2), findings))
    return Counter(map(itemgetter(0, 2), rows))
