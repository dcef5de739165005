"""What dbt says of failed nodes, as a paragraph for each that a person can act on."""

import logging
from collections.abc import Sequence
from pathlib import Path

from customer360.transformation.events import Event, FailedNode


class FailureLog:
    """Gathers the failures of one dbt command from its events.

    dbt says at its end, for each failed node, first which it was and then why.
    """

    def __init__(self, target_dir: Path) -> None:
        self._target_dir = target_dir
        self._node: FailedNode | None = None
        self._nodes: list[str] = []
        self._errors: list[str] = []

    def note(self, event: Event) -> None:
        """Take up an event, if it is of a failure."""
        if event.failed_node is not None:
            self._node = event.failed_node
        elif event.cause is not None:
            self._nodes.append(self._describe(event.cause.strip()))
        elif event.level >= logging.ERROR:
            self._errors.append(event.message)

    @property
    def problems(self) -> Sequence[str]:
        """A paragraph per failed node; where none ran, such as in a parse, dbt's error lines."""
        return self._nodes or self._errors

    def _describe(self, cause: str) -> str:
        node = self._node
        if node is None:
            return cause
        return f"{node.resource_type} {node.name} ({node.path}): {cause}\n  {self._remedy(node)}"

    def _remedy(self, node: FailedNode) -> str:
        compiled = compiled_file(self._target_dir, node.path, node.name)
        if node.resource_type == "test" and compiled is not None:
            return f"The rows it found: run the query in {compiled}"
        if node.resource_type == "operation":  # an on-run-start or on-run-end hook
            return "Mend it, then run the same command again."
        return f"Mend it, then run: dbt build --select {node.name}+"


def compiled_file(target_dir: Path, path: str, name: str) -> Path | None:
    """Return where dbt left the compiled query of a node; None where it did not."""
    folder = target_dir / "compiled"
    candidates = [*folder.glob(f"*/{path}/*.sql"), *folder.glob(f"*/{path}")]
    return next((file for file in candidates if file.is_file() and file.stem == name), None)
