"""The health score as customer_health works it out, for customers as they were at a cut-off.

A test holds the two equal. Weights and points come from the seeds, which both read.
"""

from dataclasses import dataclass

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from scipy.stats import rankdata

from customer360.lifetime.backtesting.panel import Panel
from customer360.lifetime.histories import Floats, Integers

_WEIGHTS = "select component, weight::float8 from seeds.health_weights"
_POINTS = """
    select
        segments.recency_score, segments.frequency_score, segments.monetary_score, points.points
    from seeds.rfm_segments as segments
    inner join seeds.health_segment_points as points on segments.segment = points.segment
"""
_SCORING = """
    select component, method, threshold_2, threshold_3, threshold_4, threshold_5
    from seeds.rfm_scoring
"""
_POINTS_PER_SCORE = 25


@dataclass(frozen=True)
class HealthRules:
    """Weights by component, and the points of each cell [recency, frequency, monetary].

    `thresholds` has the components of RFM with fixed ones, worst first; the others are quintiles.
    """

    weights: dict[str, float]
    segment_points: Floats
    thresholds: dict[str, Floats]

    @property
    def negative_days(self) -> Floats | None:
        """Thresholds of recency turned, so that more is better as for the others."""
        days = self.thresholds.get("recency")
        return None if days is None else -days


def read_rules(cursor: Cursor) -> HealthRules:
    """Read the seeds."""
    cursor.execute(_WEIGHTS)
    weights = {str(name): float(weight) for name, weight in cursor.fetchall()}
    cursor.execute(_POINTS)
    points = np.full((6, 6, 6), np.nan)
    for recency, frequency, monetary, cell_points in cursor.fetchall():
        points[recency, frequency, monetary] = cell_points
    cursor.execute(_SCORING)
    thresholds = {
        str(component): np.array(values, dtype=np.float64)
        for component, method, *values in cursor.fetchall()
        if method == "threshold"
    }
    return HealthRules(weights, points, thresholds)


def health_scores(panel: Panel, rules: HealthRules) -> Floats:
    """Return the score of each customer, 0 to 100, to two decimals."""
    net_cents = panel.gross_cents - panel.refunded_cents
    recency = rfm_scores(-panel.days_since_last_order, rules.negative_days)
    frequency = rfm_scores(panel.orders, rules.thresholds.get("frequency"))
    monetary = rfm_scores(net_cents / 100, rules.thresholds.get("monetary"))
    order_value = quintile_scores(panel.gross_cents / panel.orders)
    points = {
        "recency": _POINTS_PER_SCORE * (recency - 1),
        "frequency": _POINTS_PER_SCORE * (frequency - 1),
        "monetary": _POINTS_PER_SCORE * (monetary - 1),
        "order_value": _POINTS_PER_SCORE * (order_value - 1),
        "segment": rules.segment_points[recency, frequency, monetary],
    }
    total = sum(rules.weights[name] * value for name, value in points.items())
    return np.asarray(np.round(total, 2))


def rfm_scores(worse_is_less: Floats | Integers, thresholds: Floats | None) -> Integers:
    """Return 1 + how many fixed thresholds a value reaches, or its quintile without them."""
    if thresholds is None:
        return quintile_scores(worse_is_less)
    return np.asarray(1 + np.searchsorted(thresholds, worse_is_less, side="right"))


def quintile_scores(worse_is_less: Floats | Integers) -> Integers:
    """Return 1 + floor(5 * share of customers with strictly less), as the macro quintile_score."""
    worse = rankdata(worse_is_less, method="min").astype(np.int64) - 1
    return np.asarray(1 + 5 * worse // len(worse_is_less))
