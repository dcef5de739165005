"""The thresholds of the gates, read from gates.yml."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

RULES_FILE = Path(__file__).with_name("gates.yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RowRule(_Strict):
    """What a table may lose against the live one, and the least it must hold; None: the default."""

    max_loss_share: float | None = Field(default=None, ge=0, le=1)
    min_rows: int = Field(default=0, ge=0)


class DefaultRowRule(_Strict):
    """The rule of every table that has none of its own."""

    max_loss_share: float = Field(ge=0, le=1)


class RowRules(_Strict):
    """Rules for the number of rows, by table."""

    default: DefaultRowRule
    tables: dict[str, RowRule] = {}

    def of(self, table: str) -> tuple[float, int]:
        """Return (largest loss as a share, least number of rows) for `table`."""
        rule = self.tables.get(table, RowRule())
        share = rule.max_loss_share
        return (self.default.max_loss_share if share is None else share), rule.min_rows


class TotalRule(_Strict):
    """What the sum over a column may lose against the live one."""

    table: str
    column: str
    max_loss_share: float = Field(ge=0, le=1)


class GateRules(_Strict):
    """All of gates.yml."""

    reconciliation: tuple[str, ...] = ()
    rows: RowRules
    totals: tuple[TotalRule, ...] = ()


def load_rules(path: Path = RULES_FILE) -> GateRules:
    """Read the rules.

    Raises:
        pydantic.ValidationError: if a key is unknown or a share lies outside [0, 1].
    """
    return GateRules.model_validate(yaml.safe_load(path.read_text()))
