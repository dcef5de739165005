"""What dbt's manifest says of the project, as the generated documents need it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Project:
    """Sources, seeds, models and exposures of the project by unique_id; no tests, no packages."""

    nodes: Mapping[str, Entry]

    def of_type(self, *resource_types: str) -> Iterator[Entry]:
        """Yield the nodes of these types in the order of their names."""
        for node in sorted(self.nodes.values(), key=lambda node: str(node["unique_id"])):
            if node["resource_type"] in resource_types:
                yield node

    def parents(self, node: Entry) -> list[Entry]:
        """Return what a node reads, of this project."""
        names = node.get("depends_on", {}).get("nodes", ())
        return [self.nodes[name] for name in names if name in self.nodes]

    def children(self, node: Entry) -> list[Entry]:
        """Return what reads a node."""
        unique_id = node["unique_id"]
        return [
            other
            for other in self.of_type("model", "exposure")
            if unique_id in other["depends_on"]["nodes"]
        ]


def layer_of(node: Entry) -> str:
    """Return the layer: source, seed, exposure, or the first folder of a model."""
    if node["resource_type"] == "model":
        return str(node["fqn"][1])
    return str(node["resource_type"])


def parse_manifest(dbt_project: Path) -> dict[str, Any]:
    """Let dbt parse the project and return its manifest; no database is needed.

    Raises:
        subprocess.CalledProcessError: if the project cannot be parsed; dbt says why on stdout.
    """
    dbt = Path(sys.executable).with_name("dbt")
    with TemporaryDirectory(prefix="c360-docs-") as target:
        places = ["--target-path", target, "--log-path", target]
        subprocess.run(
            [dbt, "--quiet", "parse", "--no-partial-parse", *places], cwd=dbt_project, check=True
        )
        content: dict[str, Any] = json.loads((Path(target) / "manifest.json").read_text())
    return content


def project_of(manifest: Mapping[str, Any]) -> Project:
    """Return the project's own nodes of a manifest."""
    nodes = {
        unique_id: node
        for part in ("sources", "nodes", "exposures")
        for unique_id, node in manifest[part].items()
        if node["resource_type"] in {"source", "seed", "model", "exposure"}
        and node["package_name"] == "customer360"
    }
    return Project(nodes)
