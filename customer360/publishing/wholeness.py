"""Is the newest build whole? Answered from the manifest and what dbt recorded of its runs.

A build may be spread over several dbt commands, may be killed half way, repeated in part, or
disturbed by a person's `dbt run --select …` on the same tables. Each of these leaves a trace that
one of the gates here finds.
"""

from collections.abc import Sequence

from customer360.publishing.builds import Build, Invocation
from customer360.publishing.relations import NEXT
from customer360.publishing.results import GateResult, verdict
from customer360.transformation.manifest import BUILT_TYPES, Manifest, Node

_NAMES_SHOWN = 5
_BUILD_AGAIN = "Run `customer360 build`."


def check_wholeness(
    build: Build, manifest: Manifest, expected_build_id: str | None = None
) -> list[GateResult]:
    """Return the verdicts on whether `build`, the newest, ran whole, in order and undisturbed."""
    return [
        _is_newest(build, expected_build_id or build.build_id),
        _is_unpublished(build),
        _is_complete(build, manifest),
        _is_successful(build, manifest),
        _is_in_order(build, manifest),
        _has_ended(build, manifest),
        _is_undisturbed(build),
        _is_keyed(build),
    ]


def _is_newest(build: Build, expected: str) -> GateResult:
    message = "No dbt command of another build began later."
    if build.build_id != expected:
        newest = _commands(build.invocations[-1:])
        message = f"A newer build ({newest}) has begun to fill the same tables. {_BUILD_AGAIN}"
    return verdict(
        "newest",
        "build",
        passed=build.build_id == expected,
        observed=build.build_id,
        expected=expected,
        message=message,
    )


def _is_unpublished(build: Build) -> GateResult:
    message = (
        f"This build was published before. {_BUILD_AGAIN}"
        if build.is_published
        else "This build was not published before."
    )
    return verdict(
        "unpublished",
        "build",
        passed=not build.is_published,
        observed="published" if build.is_published else "new",
        expected="new",
        message=message,
    )


def _is_complete(build: Build, manifest: Manifest) -> GateResult:
    required = manifest.required
    missing = [node for key, node in required.items() if key not in build.node_runs]
    message = "Every model, seed and test ran."
    if missing:
        message = (
            f"The newest build ({_commands(build.invocations)}) has no result for "
            f"{_names(missing)}: it was partial or was killed. {_BUILD_AGAIN}"
        )
    return verdict(
        "complete",
        "models, seeds and tests",
        passed=bool(required) and not missing,
        observed=f"{len(required) - len(missing)} ran",
        expected=f"{len(required)} run",
        message=message,
    )


def _is_successful(build: Build, manifest: Manifest) -> GateResult:
    ran = {key: node for key, node in manifest.required.items() if key in build.node_runs}
    failed = [node for key, node in ran.items() if not build.node_runs[key].is_success]
    causes = [node for node in failed if build.node_runs[node.unique_id].status != "skipped"]
    message = "Every model, seed and test that ran succeeded."
    if failed:
        message = (
            f"{_outcomes(causes or failed, build)}. Mend the cause, then run `customer360 build`."
        )
    return verdict(
        "successful",
        "models, seeds and tests",
        passed=not failed,
        observed=f"{len(failed)} failed or skipped",
        expected="0",
        message=message,
    )


def _is_in_order(build: Build, manifest: Manifest) -> GateResult:
    stale = [pair for node in manifest.required.values() for pair in _stale(node, build, manifest)]
    message = "Everything ran after what it reads."
    if stale:
        node, parent = stale[0]
        message = f"{node.name} ran before {parent.name}, which it reads, was complete."
        message += f" {_BUILD_AGAIN}"
    return verdict(
        "in order",
        "models, seeds and tests",
        passed=not stale,
        observed=f"{len({node.unique_id for node, _ in stale})} older than what they read",
        expected="0",
        message=message,
    )


def _stale(node: Node, build: Build, manifest: Manifest) -> list[tuple[Node, Node]]:
    run = build.node_runs.get(node.unique_id)
    if run is None or run.started_at is None:
        return []
    pairs = []
    for parent in manifest.built_parents(node):
        parent_run = build.node_runs.get(parent.unique_id)
        completed = parent_run.completed_at if parent_run else None
        if completed is not None and completed > run.started_at:
            pairs.append((node, parent))
    return pairs


def _has_ended(build: Build, manifest: Manifest) -> GateResult:
    """A dbt command without results may have replaced any mart: all must be younger than it."""
    marts = [
        node
        for node in manifest.required.values()
        if node.resource_type in BUILT_TYPES and node.schema == NEXT
    ]
    open_ended = [
        one
        for one in build.invocations
        if not one.has_results and not all(_is_built_after(node, one, build) for node in marts)
    ]
    message = "No dbt command of this build was killed without being repeated."
    if open_ended:
        message = f"{_commands(open_ended)} still runs or was killed. Wait for it, or build again."
    return verdict(
        "ended",
        "build",
        passed=not open_ended,
        observed=f"{len(open_ended)} dbt commands without an end",
        expected="0",
        message=message,
    )


def _is_built_after(node: Node, invocation: Invocation, build: Build) -> bool:
    run = build.node_runs.get(node.unique_id)
    return run is not None and run.started_at is not None and run.started_at > invocation.started_at


def _is_undisturbed(build: Build) -> GateResult:
    message = "No other dbt command wrote meanwhile."
    if build.intruders:
        message = (
            f"{_commands(build.intruders)} wrote to the same tables after this build had begun. "
            f"{_BUILD_AGAIN}"
        )
    return verdict(
        "undisturbed",
        "build",
        passed=not build.intruders,
        observed=f"{len(build.intruders)} other dbt commands",
        expected="0",
        message=message,
    )


def _is_keyed(build: Build) -> GateResult:
    """Pseudonyms under a key that is thrown away join with no other build's, or extract's."""
    unkeyed = [one for one in build.invocations if one.has_throwaway_key]
    message = "Pseudonyms were made with the kept key."
    if unkeyed:
        message = (
            f"{_commands(unkeyed)} was given no key of pseudonyms and made them with one that is "
            "thrown away, so they fit no other build. Run `customer360 build`, which keeps a key."
        )
    return verdict(
        "keyed",
        "pseudonyms",
        passed=not unkeyed,
        observed=f"{len(unkeyed)} dbt commands without the key",
        expected="0",
        message=message,
    )


def _commands(invocations: Sequence[Invocation]) -> str:
    return ", ".join(f"dbt {one.command} at {one.started_at:%H:%M:%S}" for one in invocations[:3])


def _names(nodes: Sequence[Node]) -> str:
    names = ", ".join(node.name for node in nodes[:_NAMES_SHOWN])
    more = len(nodes) - _NAMES_SHOWN
    return f"{names} and {more} more" if more > 0 else names


def _outcomes(nodes: Sequence[Node], build: Build) -> str:
    shown = [
        f"{node.name} ({node.path}): {build.node_runs[node.unique_id].status}"
        f" {build.node_runs[node.unique_id].message}".rstrip(" .")
        for node in nodes[:_NAMES_SHOWN]
    ]
    more = len(nodes) - _NAMES_SHOWN
    return "; ".join([*shown, f"{more} more"] if more > 0 else shown)
