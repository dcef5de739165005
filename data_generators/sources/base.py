"""What every source system must offer to be generated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data_generators.catalogue import Catalogue
from data_generators.population.people import Block
from data_generators.tables import Feed, Finding, Table

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Sales:
    """The true sales of a source per line, for truth/purchases.csv; `buyers` are positions."""

    buyers: Integers
    instants: Integers
    cents: Integers


@dataclass(frozen=True)
class Observation:
    """What a source saw of a block.

    `people` holds, for each row of the first table, the position of the person behind the record.
    `findings` are what is wrong by the way people are: second accounts, old names and addresses,
    shared contacts.
    """

    tables: Sequence[Table]
    people: Integers
    findings: Sequence[Finding]
    sales: Sales


class Source(Protocol):
    """One source system: a module of its own, listed in `data_generators.sources.SOURCES`."""

    @property
    def name(self) -> str:
        """The source's name in feeds and truth."""
        ...

    @property
    def record_share(self) -> float:
        """Weight of the source in dividing the customer records."""
        ...

    @property
    def purchase_share(self) -> float:
        """Weight of the source in dividing people's purchases; 0 where nothing is sold."""
        ...

    @property
    def feeds(self) -> Sequence[Feed]:
        """The feeds that the source delivers."""
        ...

    def reference_tables(self, catalogue: Catalogue) -> Sequence[Table]:
        """Return reference data, delivered once."""
        ...

    def observe(self, block: Block, purchases: Integers, catalogue: Catalogue) -> Observation:
        """Return what the system saw; `purchases` are the block's purchases made there."""
        ...
