"""The hand-made project of the publishing tests, with values that are hard to put into a file."""

from tests.integration.publishing.conftest import shop

__all__ = ["shop"]
