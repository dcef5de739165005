"""Independent random streams, one per purpose and block: adding a source changes no other."""

import zlib
from random import Random

import numpy as np
from numpy.random import Generator, SeedSequence


def stream(seed: int, purpose: str, block: int = 0) -> Generator:
    """Return the NumPy generator of one purpose in one block."""
    return np.random.default_rng(
        SeedSequence(seed, spawn_key=(zlib.crc32(purpose.encode()), block))
    )


def scalar_stream(rng: Generator) -> Random:
    """Return a standard-library generator seeded from `rng`; it is quicker for single draws."""
    return Random(int(rng.integers(2**63)))  # noqa: S311 - made-up data, not secrets


def rounded_up_or_down(expected: float, rng: Generator) -> int:
    """Round to a neighbouring integer so that the mean over many calls is `expected`."""
    return int(expected + rng.random())
