"""What the models know of customers: each distinct history once, with its number of customers.

BG/NBD and Gamma-Gamma ask little: repeat purchases x, recency t_x (first to last purchase), age T
(first purchase to today) and the mean amount of a repeat purchase. Many customers share a history,
so millions of them shrink to some ten thousand rows, and a fit takes seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DAYS_PER_WEEK = 7.0


def _counted(rows: Floats) -> tuple[Floats, Integers]:
    """Return the distinct rows in order and how often each occurs, faster than np.unique does."""
    in_order = rows[np.lexsort(rows.T[::-1])]
    is_first = np.ones(len(rows), dtype=np.bool_)
    is_first[1:] = (in_order[1:] != in_order[:-1]).any(axis=1)
    starts = np.flatnonzero(is_first)
    return in_order[starts], np.diff(np.append(starts, len(rows)))


@dataclass(frozen=True)
class PurchaseHistories:
    """Distinct histories; all arrays have one entry per history.

    `repeats` is x, `recency` t_x and `age` T, the last two in weeks; `customers` have each.
    """

    repeats: Integers
    recency: Floats
    age: Floats
    customers: Integers

    @classmethod
    def of_customers(
        cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> "PurchaseHistories":
        """Count the distinct histories in arrays that have one entry per customer."""
        rows = np.column_stack(
            [np.asarray(column, dtype=np.float64) for column in (repeats, recency, age)]
        )
        distinct, customers = _counted(rows)
        return cls.counted(distinct[:, 0], distinct[:, 1], distinct[:, 2], customers)

    @classmethod
    def counted(
        cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike
    ) -> "PurchaseHistories":
        """Take histories that are distinct already.

        Raises:
            ValueError: if one cannot be: it must hold 0 <= t_x <= T, and t_x = 0 where x = 0.
        """
        histories = cls(
            np.asarray(repeats, dtype=np.int64),
            np.asarray(recency, dtype=np.float64),
            np.asarray(age, dtype=np.float64),
            np.asarray(customers, dtype=np.int64),
        )
        wrong = (
            (histories.repeats < 0)
            | (histories.recency < 0)
            | (histories.recency > histories.age)
            | ((histories.repeats == 0) & (histories.recency > 0))
        )
        if wrong.any():
            raise ValueError(f"{int(wrong.sum())} purchase histories contradict themselves")
        return histories

    def thinned(self, most: int) -> "PurchaseHistories":
        """Return at most so many of the histories, evenly over all of them in their order."""
        step = -(-len(self.repeats) // most)
        return PurchaseHistories(
            self.repeats[::step], self.recency[::step], self.age[::step], self.customers[::step]
        )

    @property
    def customer_count(self) -> int:
        """Number of customers."""
        return int(self.customers.sum())

    @property
    def repeater_count(self) -> int:
        """Number of customers who came back at least once."""
        return int(self.customers[self.repeats > 0].sum())


@dataclass(frozen=True)
class SpendHistories:
    """Distinct pairs of repeat purchases x (at least 1) and their mean amount, greater than 0."""

    repeats: Integers
    mean_amount: Floats
    customers: Integers

    @classmethod
    def of_customers(cls, repeats: ArrayLike, mean_amount: ArrayLike) -> "SpendHistories":
        """Count the distinct pairs; customers without a repeat purchase or amount say nothing."""
        x = np.asarray(repeats, dtype=np.float64)
        amount = np.asarray(mean_amount, dtype=np.float64)
        says_something = (x > 0) & (amount > 0)
        rows = np.column_stack([x[says_something], amount[says_something]])
        distinct, customers = _counted(rows)
        return cls(distinct[:, 0].astype(np.int64), distinct[:, 1], customers.astype(np.int64))

    def thinned(self, most: int) -> "SpendHistories":
        """Return at most so many of the histories, evenly over all of them in their order."""
        step = -(-len(self.repeats) // most)
        return SpendHistories(
            self.repeats[::step], self.mean_amount[::step], self.customers[::step]
        )

    @property
    def customer_count(self) -> int:
        """Number of customers."""
        return int(self.customers.sum())
