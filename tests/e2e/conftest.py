"""End-to-end tests. Those of the Compose stack run only where their marker is asked for."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the Compose tests to `make test-compose`: they build an image."""
    if "compose" in (config.getoption("markexpr") or ""):
        return
    skip = pytest.mark.skip(reason="builds an image: run by `make test-compose`")
    for item in items:
        if item.get_closest_marker("compose"):
            item.add_marker(skip)
