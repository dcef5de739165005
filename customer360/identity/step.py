"""What a build does before its layer `identity`: learn the match weights where none were yet.

Later builds weigh with what was learned then, so that customers do not change with each delivery;
`customer360 identity train` learns anew.
"""

import logging
from datetime import UTC, datetime

from customer360.database.connection import connect
from customer360.settings import Settings

logger = logging.getLogger(__name__)

# What training counts, without what staging already holds.
COMPARED = (
    "config.schema:identity,+identity_patterns",
    "config.schema:identity,+identity_random_patterns",
)


def is_trained(settings: Settings) -> bool:
    """Return whether weights were learned on this database."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select exists (select from ops.identity_models)")
        return cursor.fetchone() == (True,)


def learn_weights(settings: Settings) -> None:
    """Train on the records compared; where they are too few, the shipped weights go on serving."""
    # Here, as the DAGs import this module at each parse and training needs numpy.
    from customer360.identity.training import NothingToTrainOn, train  # noqa: PLC0415

    try:
        train(settings, datetime.now(UTC))
    except NothingToTrainOn as nothing:
        logger.info("%s The shipped weights serve.", nothing)
