"""What dbt's run_results.json says of a run, and how a failed run is told to a person."""

import json
from dataclasses import dataclass
from pathlib import Path

from customer360.transformation.manifest import Manifest, load_manifest

_FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


@dataclass(frozen=True)
class NodeResult:
    """How one node ended; `failures` is the number of rows that a test found."""

    unique_id: str
    status: str
    seconds: float
    failures: int | None
    message: str

    @property
    def is_failed(self) -> bool:
        """Whether the node itself failed; skipped nodes follow from one that did."""
        return self.status in _FAILED


def read_results(target_dir: Path) -> tuple[NodeResult, ...]:
    """Read the results of the run that wrote `target_dir`; none where no node was run."""
    path = target_dir / "run_results.json"
    if not path.exists():
        return ()
    return tuple(
        NodeResult(
            unique_id=entry["unique_id"],
            status=entry["status"],
            seconds=float(entry["execution_time"]),
            failures=entry.get("failures"),
            message=str(entry.get("message") or "").strip(),
        )
        for entry in json.loads(path.read_text())["results"]
    )


def describe_failures(results: tuple[NodeResult, ...], target_dir: Path) -> list[str]:
    """Return a paragraph per failed node: what happened, in which file, and what to do."""
    failed = [result for result in results if result.is_failed]
    if not failed:
        return []
    manifest = load_manifest(target_dir / "manifest.json")
    return [_describe(result, manifest, target_dir) for result in failed]


def _describe(result: NodeResult, manifest: Manifest, target_dir: Path) -> str:
    node = manifest.nodes.get(result.unique_id)
    if node is None:  # an on-run-start or on-run-end hook
        return f"{result.unique_id}: {result.message}"
    remedy = f"Mend it, then run: dbt build --select {node.name}+"
    compiled = _compiled_file(node.path, node.name, target_dir)
    if node.resource_type == "test" and compiled is not None:
        remedy = f"The rows it found: run the query in {compiled}"
    return f"{node.resource_type} {node.name} ({node.path}): {result.message}\n  {remedy}"


def _compiled_file(path: str, name: str, target_dir: Path) -> Path | None:
    folder = target_dir / "compiled"
    candidates = [*folder.glob(f"*/{path}/*.sql"), *folder.glob(f"*/{path}")]
    return next((file for file in candidates if file.is_file() and file.stem == name), None)
