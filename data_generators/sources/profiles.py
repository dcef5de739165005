"""What campaign tools and surveys know of people beside their contacts: age, gender, income."""

from dataclasses import dataclass

import numpy as np

from data_generators.population.households import SECONDS_PER_DAY
from data_generators.population.people import DAYS_PER_YEAR, Block
from data_generators.sources.base import Integers

LOWEST_CREDIT_SCORE, HIGHEST_CREDIT_SCORE = 300, 850
MEDIAN_INCOME, INCOME_SPREAD, INCOME_STEP = 2_600, 0.45, 50


@dataclass(frozen=True)
class Profiles:
    """Per person of a block; money in EUR a month."""

    credit_scores: Integers
    incomes: Integers


def make_profiles(block: Block) -> Profiles:
    """Draw what stays the same for a person in whatever system asks."""
    rng = block.stream("profiles")
    count = block.plan.people
    scores = np.clip(rng.normal(680, 80, count), LOWEST_CREDIT_SCORE, HIGHEST_CREDIT_SCORE)
    incomes = rng.lognormal(np.log(MEDIAN_INCOME), INCOME_SPREAD, count) / INCOME_STEP
    return Profiles(
        credit_scores=scores.astype(np.int64),
        incomes=np.round(incomes).astype(np.int64) * INCOME_STEP,
    )


def ages_at(block: Block, people: Integers, instants: Integers) -> Integers:
    """Return the ages of people in whole years."""
    born = block.people.birth_dates[people].astype("datetime64[D]").astype(np.int64)
    ages: Integers = ((instants // SECONDS_PER_DAY - born) / DAYS_PER_YEAR).astype(np.int64)
    return ages


def genders(block: Block, people: Integers) -> list[str]:
    """Return people's genders as forms write them."""
    written: list[str] = np.where(block.people.is_female[people], "Female", "Male").tolist()
    return written
