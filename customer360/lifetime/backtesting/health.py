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
_POINTS_PER_SCORE = 25


@dataclass(frozen=True)
class HealthRules:
    """Weights by component, and the points of each cell [recency, frequency, monetary]."""

    weights: dict[str, float]
    segment_points: Floats


def read_rules(cursor: Cursor) -> HealthRules:
    """Read the seeds."""
    cursor.execute(_WEIGHTS)
    weights = {str(name): float(weight) for name, weight in cursor.fetchall()}
    cursor.execute(_POINTS)
    points = np.full((6, 6, 6), np.nan)
    for recency, frequency, monetary, cell_points in cursor.fetchall():
        points[recency, frequency, monetary] = cell_points
    return HealthRules(weights, points)


def health_scores(panel: Panel, rules: HealthRules) -> Floats:
    """Return the score of each customer, 0 to 100, to two decimals."""
    recency = quintile_scores(-panel.days_since_last_order)
    frequency = quintile_scores(panel.orders)
    monetary = quintile_scores(panel.gross_cents - panel.refunded_cents)
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


def quintile_scores(worse_is_less: Floats | Integers) -> Integers:
    """Return 1 + floor(5 * share of customers with strictly less), as the macro quintile_score."""
    worse = rankdata(worse_is_less, method="min").astype(np.int64) - 1
    return np.asarray(1 + 5 * worse // len(worse_is_less))
