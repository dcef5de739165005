"""What every source system must offer to be generated."""

from collections.abc import Mapping, Sequence
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

    `people` holds, for each row of the first table and of further ones of its feed, the position of
    the person behind the record; None where the source keeps no customer records of its own.
    `findings` are what is wrong by the way people are: second accounts, old names and addresses,
    shared contacts. `sales` is None where nothing is sold.
    """

    tables: Sequence[Table]
    people: Integers | None = None
    findings: Sequence[Finding] = ()
    sales: Sales | None = None


class Source(Protocol):
    """One source system: a module of its own, listed in `data_generators.sources.SOURCES`."""

    @property
    def name(self) -> str:
        """The source's name in feeds and truth."""
        ...

    @property
    def record_share(self) -> float:
        """Weight of the source in dividing the customer records; 0 where it keeps none."""
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

    def observe(
        self,
        block: Block,
        purchases: Integers,
        catalogue: Catalogue,
        earlier: Mapping[str, Observation],
    ) -> Observation:
        """Return what the system saw.

        `purchases` are the block's purchases made there. `earlier` is what the sources listed
        before this one saw, as yet without defects: where systems share keys, as a till does that
        reads the shop's customer card, they are taken from there.
        """
        ...
