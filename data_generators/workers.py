"""The state of a worker process: materials are sent to it once, not with every block."""

from data_generators.blocks import BlockOutput, Materials, produce
from data_generators.plan import BlockPlan

_prepared: list[Materials] = []


def prepare(materials: Materials) -> None:
    """Keep the materials of this process."""
    _prepared[:] = [materials]


def produce_prepared(plan: BlockPlan) -> BlockOutput:
    """Make a block with the materials of this process."""
    return produce(plan, _prepared[0])
