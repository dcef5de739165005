"""The thresholds of the gates, read from gates.yml."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES_FILE = Path(__file__).with_name("gates.yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RowRule(_Strict):
    """What a table may lose or grow against the live one, and the least it must hold.

    None: the default.
    """

    max_loss_share: float | None = Field(default=None, ge=0, le=1)
    max_growth_factor: float | None = Field(default=None, gt=1)
    min_rows: int = Field(default=0, ge=0)


class DefaultRowRule(_Strict):
    """The rule of every table that has none of its own."""

    max_loss_share: float = Field(ge=0, le=1)
    max_growth_factor: float | None = Field(default=None, gt=1)


class RowRules(_Strict):
    """Rules for the number of rows, by table."""

    default: DefaultRowRule
    tables: dict[str, RowRule] = {}

    def of(self, table: str) -> tuple[float, int]:
        """Return (largest loss as a share, least number of rows) for `table`."""
        rule = self.tables.get(table, RowRule())
        share = rule.max_loss_share
        return (self.default.max_loss_share if share is None else share), rule.min_rows

    def growth_of(self, table: str) -> float | None:
        """Return how many times the live rows `table` may hold; None for any number."""
        own = self.tables.get(table, RowRule()).max_growth_factor
        return self.default.max_growth_factor if own is None else own


class TotalRule(_Strict):
    """What the sum over a column may lose or grow against the live one."""

    table: str
    column: str
    max_loss_share: float = Field(ge=0, le=1)
    max_growth_factor: float | None = Field(default=None, gt=1)


class NullRule(_Strict):
    """By how much the share of rows without a value may rise above the live one."""

    max_rise_share: float = Field(ge=0, le=1)


class NullRules(_Strict):
    """Rules for every column of every mart; `columns` by `table.column`."""

    default: NullRule
    min_rows: int = Field(default=0, ge=0)
    columns: dict[str, NullRule] = {}

    def of(self, table: str, column: str) -> float:
        """Return the largest rise, as a share of the rows."""
        return self.columns.get(f"{table}.{column}", self.default).max_rise_share


class DistributionRule(_Strict):
    """How far the values of a column may move: a population stability index."""

    table: str
    column: str
    max_index: float = Field(gt=0)


class DistributionRules(_Strict):
    """The columns that are watched; tables with fewer rows on either side are not judged."""

    min_rows: int = Field(default=0, ge=0)
    columns: tuple[DistributionRule, ...] = ()


class FreshnessRule(_Strict):
    """How many days before the live one the newest value of a date column may lie."""

    table: str
    column: str
    max_days_back: int = Field(ge=0)


class FreshnessRules(_Strict):
    """For the day that the build is as of, and for the newest dates in tables."""

    as_of_max_days_back: int = Field(default=0, ge=0)
    tables: tuple[FreshnessRule, ...] = ()


class MatchingRules(_Strict):
    """How much of the records may look over-merged, and how far matching may move."""

    max_suspicious_share: float = Field(ge=0, le=1)
    max_suspicious_rise: float = Field(ge=0, le=1)
    max_records_per_customer_change: float = Field(ge=0)
    max_linked_share_change: float = Field(ge=0, le=1)
    min_records: int = Field(default=0, ge=0)


class GateRules(_Strict):
    """All of gates.yml."""

    reconciliation: tuple[str, ...] = ()
    rows: RowRules
    totals: tuple[TotalRule, ...] = ()
    nulls: NullRules | None = None
    distributions: DistributionRules = DistributionRules()
    freshness: FreshnessRules | None = None
    matching: MatchingRules | None = None


def load_rules(path: Path = RULES_FILE) -> GateRules:
    """Read the rules.

    Raises:
        pydantic.ValidationError: if a key is unknown or a share lies outside [0, 1].
    """
    return GateRules.model_validate(yaml.safe_load(path.read_text()))
