"""Discounted lifetime value over a number of months."""

import numpy as np
from numpy.typing import ArrayLike

from customer360.lifetime.histories import DAYS_PER_WEEK, Floats
from customer360.lifetime.purchasing import PurchaseModel

DAYS_PER_YEAR = 365.25
WEEKS_PER_MONTH = DAYS_PER_YEAR / 12 / DAYS_PER_WEEK


def discounted_if_alive(
    model: PurchaseModel,
    repeats: ArrayLike,
    age: ArrayLike,
    months: int,
    yearly_discount_rate: float,
) -> Floats:
    """Return the present value, in purchases, of what one alive makes in the next `months`.

    Sum over months i of (E[X(i)] - E[X(i - 1)]) / (1 + d)^(i / 12): what comes in a month counts at
    its end (Fader, Hardie, Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base
    Analysis", J. of Marketing Research 42(4): the sum that its equation (2) replaces, by months).
    Times the probability of being alive it is the customer's.
    """
    total: Floats = np.zeros(np.broadcast(repeats, age).shape)
    so_far = np.zeros_like(total)
    for month in range(1, months + 1):
        expected = model.expected_if_alive(repeats, age, month * WEEKS_PER_MONTH)
        total += (expected - so_far) / (1 + yearly_discount_rate) ** (month / 12)
        so_far = expected
    return total
