"""What ops.builds and ops.node_results know of the newest build, and of what came between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from customer360.database.connection import Connection


class NoBuild(Exception):  # noqa: N818 - the name says what happened
    """Nothing has been built yet."""


@dataclass(frozen=True)
class Invocation:
    """One dbt command that can write; it has no results where it was killed or still runs."""

    invocation_id: str
    build_id: str
    command: str
    started_at: datetime
    ended_at: datetime | None
    has_results: bool
    has_throwaway_key: bool = False


@dataclass(frozen=True)
class NodeRun:
    """The last result of a node within a build."""

    unique_id: str
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    seconds: float
    failures: int | None
    message: str

    @property
    def is_success(self) -> bool:
        """Whether the node did what it should; a test that only warns did."""
        return self.status in {"success", "pass", "warn"}


@dataclass(frozen=True)
class Build:
    """All invocations of one build id, the last result of each node, and what disturbed it."""

    build_id: str
    invocations: tuple[Invocation, ...]
    node_runs: Mapping[str, NodeRun]
    intruders: tuple[Invocation, ...] = ()
    as_of_date: date | None = None
    is_published: bool = False
    invocation_ids: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the ids of the invocations."""
        ids = frozenset(invocation.invocation_id for invocation in self.invocations)
        object.__setattr__(self, "invocation_ids", ids)

    @property
    def newest_invocation(self) -> Invocation:
        """The invocation that started last."""
        return self.invocations[-1]


_INVOCATIONS = """
    select
        builds.invocation_id,
        builds.build_id,
        builds.dbt_command,
        builds.started_at,
        (
            select max(node_results.completed_at)
            from ops.node_results
            where node_results.invocation_id = builds.invocation_id
        ) as ended_at,
        exists (
            select 1 from ops.node_results
            where node_results.invocation_id = builds.invocation_id
        ) as has_results,
        builds.has_throwaway_key
    from ops.builds
"""
_OWN = f"{_INVOCATIONS} where build_id = %s order by started_at, invocation_id"
# Another build's dbt command disturbs this one if it started, or still wrote, after this start.
_INTRUDERS = f"""
    select * from ({_INVOCATIONS}) as invocations
    where build_id <> %(build_id)s and (started_at >= %(start)s or ended_at > %(start)s)
    order by started_at
"""  # noqa: S608 - constants only
_NODE_RUNS = """
    select distinct on (node_results.unique_id)
        node_results.unique_id,
        node_results.status,
        node_results.started_at,
        node_results.completed_at,
        node_results.execution_seconds::float8,
        node_results.failures,
        coalesce(node_results.message, '')
    from ops.node_results
    inner join ops.builds on node_results.invocation_id = builds.invocation_id
    where node_results.build_id = %s
    order by node_results.unique_id, builds.started_at desc, builds.invocation_id desc
"""
_NEWEST = "select build_id, invocation_id from ops.builds order by started_at desc limit 1"


def newest_invocation(connection: Connection) -> tuple[str, str]:
    """Return build_id and invocation_id of the dbt command that started last.

    Raises:
        NoBuild: if there was none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        row = cursor.fetchone()
    if row is None:
        raise NoBuild("Nothing has been built yet: run `customer360 build` first.")
    return str(row[0]), str(row[1])


def newest_build(connection: Connection) -> Build:
    """Read the build of the dbt command that started last, whoever started it.

    Raises:
        NoBuild: if nothing was built yet.
    """
    build_id, _ = newest_invocation(connection)
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [build_id])
        invocations = tuple(Invocation(*row) for row in cursor.fetchall())
        start = invocations[0].started_at
        cursor.execute(_INTRUDERS, {"build_id": build_id, "start": start})
        intruders = tuple(Invocation(*row) for row in cursor.fetchall())
        cursor.execute(_NODE_RUNS, [build_id])
        runs = {row[0]: NodeRun(*row) for row in cursor.fetchall()}
    return Build(
        build_id=build_id,
        invocations=invocations,
        node_runs=runs,
        intruders=intruders,
        as_of_date=_as_of_date(connection, build_id),
        is_published=is_published(connection, build_id),
    )


def is_published(connection: Connection, build_id: str) -> bool:
    """Tell whether this build was already swapped in, be it live now or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from ops.publications where build_id = %s and kind = 'publish'", [build_id]
        )
        return cursor.fetchone() is not None


def live_as_of_date(connection: Connection) -> date | None:
    """Return the date that the published marts are as of; None before the first publication."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select as_of_date from ops.publications order by publication_id desc limit 1"
        )
        row = cursor.fetchone()
    found: date | None = row[0] if row else None
    return found


def _as_of_date(connection: Connection, build_id: str) -> date | None:
    """Return the date that the marts were built as of; where that is not kept, the one asked for.

    What was asked for may differ from it: a layer may be run again with another date or none.
    """
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('intermediate.int_as_of_date_resolved') is not null")
        if cursor.fetchone() == (True,):
            cursor.execute("select max(as_of_date) from intermediate.int_as_of_date_resolved")
        else:
            cursor.execute("select max(as_of_date) from ops.builds where build_id = %s", [build_id])
        row = cursor.fetchone()
    found: date | None = row[0] if row else None
    return found
