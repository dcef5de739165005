"""What ops keeps of a fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import execute_values

from customer360.lifetime.configuration import library_version
from customer360.lifetime.likelihood import Estimate
from customer360.lifetime.purchasing import PurchaseModel
from customer360.lifetime.quadrature import NODES, dropout_rule
from customer360.lifetime.reading import DataWindow

_INSERT_FIT = """
    insert into ops.lifetime_fits (
        build_id, as_of_date, first_purchase_date, last_purchase_date, process, model, is_chosen,
        status, reason, customers, log_likelihood, horizon_days, library_version, warning
    ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    returning fit_id
"""
_INSERT_PARAMETERS = """
    insert into ops.lifetime_parameters (fit_id, parameter, value, standard_error) values %s
"""
_INSERT_NODES = """
    insert into ops.lifetime_dropout_nodes
    (fit_id, repeat_purchase_days, node, dropout_probability, weight) values %s
"""
# Nodes are kept for this many times the most repeat purchases seen, as the marts may be built over
# newer data before the next fit.
_ROOM = 2
_MOST_NODE_ROWS = 2_000


@dataclass(frozen=True)
class FittedModel:
    """The outcome for one model: parameters, or the reason why there are none.

    A `warning` says where the model does not look like the data.
    """

    process: str
    model: str
    customers: int
    parameters: Mapping[str, float] = field(default_factory=dict)
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    log_likelihood: float | None = None
    reason: str | None = None
    warning: str | None = None
    is_chosen: bool = True
    horizon_days: int | None = None

    @property
    def status(self) -> str:
        """What ops calls the outcome."""
        return "fitted" if self.reason is None else "refused"


def fitted(
    process: str, model: str, names: Sequence[str], estimate: Estimate, customers: int
) -> FittedModel:
    """Put an estimate into words."""
    return FittedModel(
        process,
        model,
        customers,
        dict(zip(names, estimate.values.tolist(), strict=True)),
        dict(zip(names, estimate.standard_errors.tolist(), strict=True)),
        estimate.log_likelihood,
    )


def store_fit(
    cursor: Cursor, window: DataWindow, outcome: FittedModel, build_id: str | None
) -> int:
    """Append one outcome with its parameters; return its id."""
    cursor.execute(
        _INSERT_FIT,
        [
            *(build_id, window.as_of_date, window.first_purchase_date, window.last_purchase_date),
            *(outcome.process, outcome.model, outcome.is_chosen, outcome.status, outcome.reason),
            *(outcome.customers, outcome.log_likelihood, outcome.horizon_days, library_version()),
            outcome.warning,
        ],
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - an insert returns its row
    fit_id = int(row[0])
    values = [
        (fit_id, name, value, outcome.standard_errors.get(name))
        for name, value in outcome.parameters.items()
    ]
    if values:
        execute_values(cursor, _INSERT_PARAMETERS, values)
    return fit_id


def store_nodes(cursor: Cursor, fit_id: int, model: PurchaseModel, most_repeats: int) -> None:
    """Append the quadrature that lets SQL work out expected purchases.

    Each number of repeat purchases has its own up to a bound; the marts take the nearest below for
    those beyond, whose dropout probability is next to nothing.
    """
    rows: list[tuple[float, ...]] = []
    for repeats in range(min(_ROOM * most_repeats, _MOST_NODE_ROWS) + 1):
        rule = dropout_rule(model.a, model.b + repeats + model.first_counts, NODES)
        pairs = np.column_stack([rule.probabilities, rule.weights]).tolist()
        rows += [(fit_id, repeats, node, *pair) for node, pair in enumerate(pairs)]
    execute_values(cursor, _INSERT_NODES, rows, page_size=2_000)
