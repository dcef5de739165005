"""The project's manifest, parsed once without a database."""

from typing import Any

import pytest

from customer360.documentation.project import parse_manifest
from customer360.settings import PROJECT_DIR


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    return parse_manifest(PROJECT_DIR / "dbt_project")


@pytest.fixture(scope="session")
def nodes(manifest: dict[str, Any]) -> dict[str, Any]:
    """The project's own models, seeds, tests and sources by unique_id."""
    return {
        key: node
        for key, node in (manifest["nodes"] | manifest["sources"]).items()
        if node["package_name"] == "customer360"
    }
