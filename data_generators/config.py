"""What to generate: one value per run, all rates in one place, nothing read from the clock."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

BLOCK_RECORDS = 5_000


class ConfigError(ValueError):
    """A configuration that cannot be generated; says which value and what is allowed."""


@dataclass(frozen=True)
class DefectRates:
    """Shares of a feed's rows that carry each defect, unless the comment names another base."""

    # Customer records.
    duplicate_record: float = 0.15
    missing_email: float = 0.05
    malformed_email: float = 0.05
    missing_phone: float = 0.10
    mixed_case: float = 0.30
    stray_spaces: float = 0.20
    special_characters: float = 0.08
    typo: float = 0.04
    nickname: float = 0.04
    swapped_names: float = 0.01
    plus_addressed_email: float = 0.03
    dotted_email: float = 0.03
    # Households of several people who all give the same address, or the same number.
    shared_email: float = 0.06
    shared_phone: float = 0.06
    # Women whose family name changes between start and end; earlier records show the maiden name.
    maiden_name: float = 0.08
    # Moves per household and year; records made before the last one show an old address.
    moved_house: float = 0.12
    # Dates, which are otherwise delivered as 2024-01-15.
    date_day_first: float = 0.20
    date_month_first: float = 0.20
    date_with_time: float = 0.25
    # Orders and returns.
    orphan_key: float = 0.005
    negative_amount: float = 0.005
    future_date: float = 0.003
    # Deliveries of every feed that has business dates.
    late_delivery: float = 0.02
    duplicate_delivery: float = 0.01

    def __post_init__(self) -> None:
        for name, rate in vars(self).items():
            if not 0 <= rate <= 1:
                raise ConfigError(f"defects.{name} is {rate}: it must be between 0 and 1")
        if self.date_day_first + self.date_month_first + self.date_with_time > 1:
            raise ConfigError("the shares of the three date formats add up to more than 1")


@dataclass(frozen=True)
class PurchaseProcess:
    """Parameters of buy-till-you-die: BG/NBD for when, Gamma-Gamma for how much.

    Fader, Hardie, Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2):
    purchases per month ~ Gamma(r, rate alpha), dropout probability after each ~ Beta(a, b).
    Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary Value": spend of one purchase
    ~ Gamma(p, rate nu) with nu ~ Gamma(q, rate gamma), in EUR.
    """

    never_buys: float = 0.06
    rate_shape: float = 1.1
    rate_inverse_scale: float = 0.9
    dropout_a: float = 0.9
    dropout_b: float = 7.0
    spend_shape: float = 4.0
    spend_heterogeneity: float = 3.5
    spend_scale: float = 75.0


@dataclass(frozen=True)
class GeneratorConfig:
    """One generation. `customers` counts customer records (accounts) over all sources.

    `start` and `end` are inclusive days. `days` asks for daily deliveries of the last days; 0 is
    one file per feed. `workers` changes speed only, never a byte.
    """

    customers: int = 5_000
    seed: int = 42
    start: dt.date = dt.date(2024, 1, 1)
    end: dt.date = dt.date(2025, 12, 31)
    days: int = 0
    output: Path = Path("data")
    workers: int = 1
    defects: DefectRates = field(default_factory=DefectRates)
    purchases: PurchaseProcess = field(default_factory=PurchaseProcess)

    def __post_init__(self) -> None:
        span = (self.end - self.start).days + 1
        problems = {
            f"customers is {self.customers:,}: ask for 1 or more": self.customers < 1,
            f"seed is {self.seed}: it must not be negative": self.seed < 0,
            f"end {self.end} is before start {self.start}": span < 1,
            f"days is {self.days}: give 0 to {span - 1}, so that a first delivery holds the rest "
            f"of the {span} days from {self.start} to {self.end}": not 0
            <= self.days
            < max(span, 1),
            f"workers is {self.workers}: ask for 1 or more": self.workers < 1,
        }
        found = [problem for problem, is_wrong in problems.items() if is_wrong]
        if found:
            raise ConfigError("; ".join(found))

    @property
    def initial_delivery(self) -> dt.date:
        """Day of the first delivery, which holds everything up to and including it."""
        return self.end - dt.timedelta(days=self.days)

    @property
    def label(self) -> str:
        """Part of every file name, so that a file says which generation it belongs to."""
        return f"seed{self.seed}_size{self.customers}"
