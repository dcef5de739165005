"""The variables of the dbt project that the lifetime models share with the marts."""

from importlib.metadata import version

import yaml
from pydantic import BaseModel, ConfigDict, Field

from customer360.settings import Settings


class LifetimeVariables(BaseModel):
    """Thresholds stand in dbt_project.yml alone; there they are explained."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    active_within_days: int = Field(ge=1)
    churn_horizon_days: int = Field(ge=1)
    clv_minimum_observed_days: int = Field(ge=1)
    clv_yearly_discount_rate: float = Field(ge=0)
    backtest_cut_offs: int = Field(ge=1)
    backtest_least_customers: int = Field(ge=10)
    lifetime_excluded_channels: tuple[str, ...]


def lifetime_variables(settings: Settings) -> LifetimeVariables:
    """Read the variables.

    Raises:
        pydantic.ValidationError: if one is missing or impossible.
    """
    project = yaml.safe_load((settings.dbt_project_dir / "dbt_project.yml").read_text())
    return LifetimeVariables.model_validate(project["vars"])


def library_version() -> str:
    """Return what worked the numbers out, for the record."""
    return ", ".join(f"{name} {version(name)}" for name in ("customer360", "numpy", "scipy"))
