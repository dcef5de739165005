"""What dbt's manifest.json says of the project: its nodes, and what a whole build must run.

Unit tests are no part of it: they prove the code, not what was built from this data.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILT_TYPES = frozenset({"model", "seed", "snapshot"})


@dataclass(frozen=True)
class Node:
    """An enabled model, seed, snapshot or data test."""

    unique_id: str
    resource_type: str
    name: str
    schema: str
    relation: str
    path: str
    is_ephemeral: bool
    is_error: bool
    parents: tuple[str, ...]
    personal_columns: frozenset[str] = frozenset()
    # Of a test that a key is unique: the key, and the node that it is of.
    key: tuple[str, ...] = ()
    tested_node: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a whole build must have run it: all but ephemeral models and tests that warn."""
        return self.is_error and not self.is_ephemeral


@dataclass(frozen=True)
class Manifest:
    """The nodes of one parse of the project, by unique_id."""

    invocation_id: str
    nodes: Mapping[str, Node]

    @property
    def required(self) -> dict[str, Node]:
        """The nodes that must have succeeded before a build may be published."""
        return {key: node for key, node in self.nodes.items() if node.is_required}

    def relations(self, schema: str) -> set[str]:
        """Return the names of the tables that models, seeds and snapshots make in `schema`."""
        return {
            node.relation
            for node in self.nodes.values()
            if node.schema == schema and node.resource_type in BUILT_TYPES and node.is_required
        }

    def keys(self, schema: str) -> dict[str, tuple[str, ...]]:
        """Return the unique key of each table in `schema`, where a test says it.

        A key that is personal data itself is left out.
        """
        found: dict[str, tuple[str, ...]] = {}
        for test in self.nodes.values():
            node = self.nodes.get(test.tested_node or "")
            if node is None or node.schema != schema or not test.key:
                continue
            if not node.personal_columns.intersection(test.key):
                found.setdefault(node.relation, test.key)
        return found

    def built_parents(self, node: Node) -> Iterator[Node]:
        """Yield the nodes that must be complete before `node`; looks through ephemeral models."""
        for unique_id in node.parents:
            parent = self.nodes.get(unique_id)  # a source is not a node
            if parent is not None and parent.is_ephemeral:
                yield from self.built_parents(parent)
            elif parent is not None:
                yield parent


def load_manifest(path: Path) -> Manifest:
    """Read a manifest.json as dbt 1.11 writes it (schema version 12).

    Raises:
        FileNotFoundError: if dbt has not written one there.
    """
    content = json.loads(path.read_text())
    nodes = {
        unique_id: _node(entry)
        for unique_id, entry in content["nodes"].items()
        if entry["resource_type"] in BUILT_TYPES | {"test"}
    }
    return Manifest(content["metadata"]["invocation_id"], nodes)


def _node(entry: Mapping[str, Any]) -> Node:
    config = entry.get("config", {})
    return Node(
        unique_id=entry["unique_id"],
        resource_type=entry["resource_type"],
        name=entry["name"],
        schema=entry.get("schema") or "",
        relation=entry.get("alias") or entry["name"],
        path=entry.get("original_file_path") or "",
        is_ephemeral=config.get("materialized") == "ephemeral",
        is_error=str(config.get("severity") or "error").lower() == "error",
        parents=tuple(entry.get("depends_on", {}).get("nodes", ())),
        personal_columns=_personal_columns(entry),
        key=_key(entry.get("test_metadata") or {}),
        tested_node=entry.get("attached_node"),
    )


def _personal_columns(entry: Mapping[str, Any]) -> frozenset[str]:
    columns = entry.get("columns", {})
    return frozenset(
        name
        for name, column in columns.items()
        if column.get("config", {}).get("meta", {}).get("pii", False)
    )


def _key(test: Mapping[str, Any]) -> tuple[str, ...]:
    arguments = test.get("kwargs", {})
    if test.get("name") != "well_formed":
        return ()
    first = next(filter(None, (arguments.get("key"), *arguments.get("unique", ()))), ())
    return (first,) if isinstance(first, str) else tuple(first)
