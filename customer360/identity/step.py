"""What a build does before its layer `identity`: learn the match weights where none were yet.

Later builds weigh with what was learned then, so that customers do not change with each delivery;
`customer360 identity train` learns anew.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from customer360.database.connection import connect
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt

logger = logging.getLogger(__name__)

# What training counts, without what staging already holds.
_COMPARED = (
    "config.schema:identity,+identity_patterns",
    "config.schema:identity,+identity_random_patterns",
)
_ONLY_MODELS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def learn_weights_once(
    settings: Settings,
    build_id: str,
    variables: Mapping[str, object] | None = None,
    lock: int | None = None,
) -> bool:
    """Compare the records and train on them, unless a training exists; return whether it did.

    Raises:
        DbtFailed: if a model failed.
    """
    if _is_trained(settings):
        return False
    arguments = ["build", "--select", *_COMPARED, *_ONLY_MODELS, "--no-write-json"]
    run_dbt(settings, arguments, build_id, variables=variables, lock=lock)
    # Here, as the DAGs import this module at each parse and training needs numpy.
    from customer360.identity.training import NothingToTrainOn, train  # noqa: PLC0415

    try:
        train(settings, datetime.now(UTC))
    except NothingToTrainOn as nothing:
        logger.info("%s The shipped weights serve.", nothing)
        return False
    return True


def _is_trained(settings: Settings) -> bool:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select exists (select from ops.identity_models)")
        return cursor.fetchone() == (True,)
