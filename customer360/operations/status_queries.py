"""What `customer360 status` asks the database."""

from customer360.publishing.freshness import UNPUBLISHED

__all__ = [
    "BUILD",
    "FAILED_GATES",
    "FAILED_TASKS",
    "FEEDS",
    "GATES",
    "OVERRIDES",
    "PUBLICATION",
    "RUNS",
    "SLOWEST",
    "UNPUBLISHED",
]

FEEDS = """
    select
        load_batches.feed,
        count(*) filter (where load_batches.status = 'loaded') as files,
        count(*) filter (where load_batches.status = 'rejected') as rejected,
        coalesce(sum(load_batches.rows_loaded), 0)::bigint as rows,
        coalesce(sum(load_batches.rows_quarantined), 0)::bigint as quarantined,
        max(load_batches.finished_at) filter (where load_batches.status <> 'rejected') as last_load
    from ops.load_batches
    group by load_batches.feed
    order by load_batches.feed
"""
# The last run of a DAG is the one whose newest attempt ended last.
RUNS = """
    with runs as (
        select
            task_runs.dag_id,
            task_runs.run_id,
            max(task_runs.ended_at) as ended_at,
            min(task_runs.started_at) as started_at,
            row_number() over (
                partition by task_runs.dag_id
                order by max(task_runs.ended_at) desc, task_runs.run_id asc
            ) as recency
        from ops.task_runs
        group by task_runs.dag_id, task_runs.run_id
    ),

    attempts as (
        select
            task_runs.*,
            extract(epoch from task_runs.ended_at - task_runs.started_at)::float8 as seconds,
            row_number() over (
                partition by task_runs.dag_id, task_runs.run_id, task_runs.task_id,
                    task_runs.map_index
                order by task_runs.task_run_id desc
            ) as newest
        from ops.task_runs
    )

    select
        runs.dag_id as dag,
        case when bool_or(attempts.state = 'failed' and attempts.newest = 1)
            then 'failed' else 'success' end as state,
        runs.ended_at as ended,
        round(extract(epoch from runs.ended_at - runs.started_at), 1)::float8 as seconds,
        count(*) filter (where attempts.state = 'up_for_retry') as retries,
        (
            array_agg(
                attempts.task_id || ' ' || round(attempts.seconds::numeric, 1) || ' s'
                order by attempts.seconds desc nulls last
            )
        )[1] as slowest_task
    from runs
    inner join attempts on runs.dag_id = attempts.dag_id and runs.run_id = attempts.run_id
    where runs.recency = 1
    group by runs.dag_id, runs.ended_at, runs.started_at
    order by runs.dag_id
"""
BUILD = """
    with newest as (
        select builds.build_id
        from ops.builds
        order by builds.started_at desc
        limit 1
    )

    select
        newest.build_id,
        (
            select min(builds.started_at)
            from ops.builds
            where builds.build_id = newest.build_id
        ) as started,
        count(node_results.unique_id) filter (
            where node_results.status in ('success', 'pass')
        ) as succeeded,
        count(node_results.unique_id) filter (where node_results.status = 'warn') as warned,
        count(node_results.unique_id) filter (
            where node_results.status not in ('success', 'pass', 'warn')
        ) as failed,
        coalesce(round(sum(node_results.execution_seconds), 1), 0)::float8 as seconds
    from newest
    left join ops.node_results
        on newest.build_id = node_results.build_id and node_results.resource_type <> 'operation'
    group by newest.build_id
"""
SLOWEST = """
    select
        split_part(node_results.unique_id, '.', 3) as node,
        node_results.layer,
        node_results.execution_seconds::float8 as seconds,
        node_results.rows_affected as rows
    from ops.node_results
    where
        node_results.build_id = %s
        and node_results.resource_type in ('model', 'seed', 'snapshot')
    order by node_results.execution_seconds desc, node_results.unique_id
    limit 5
"""
GATES = """
    select
        gate_results.build_id,
        gate_results.evaluated_at as evaluated,
        count(*) filter (where gate_results.status = 'passed') as passed,
        count(*) filter (where gate_results.status = 'waived') as overridden,
        count(*) filter (where gate_results.status = 'failed') as failed
    from ops.gate_results
    where gate_results.evaluated_at = (select max(evaluated_at) from ops.gate_results)
    group by gate_results.build_id, gate_results.evaluated_at
"""
PUBLICATION = """
    select
        publications.kind,
        publications.build_id,
        publications.as_of_date,
        publications.published_at,
        (select count(*) from jsonb_object_keys(publications.table_rows))
    from ops.publications
    order by publications.publication_id desc
    limit 1
"""
# Tasks of a DAG's last run whose last attempt failed.
FAILED_TASKS = """
    with newest_runs as (
        select distinct on (dag_id)
            dag_id,
            run_id
        from ops.task_runs
        order by dag_id, ended_at desc, task_run_id desc
    ),

    last_attempts as (
        select distinct on (task_runs.dag_id, task_runs.task_id, task_runs.map_index)
            task_runs.dag_id,
            task_runs.task_id,
            task_runs.state,
            task_runs.ended_at,
            task_runs.message
        from ops.task_runs
        inner join newest_runs
            on task_runs.dag_id = newest_runs.dag_id and task_runs.run_id = newest_runs.run_id
        order by
            task_runs.dag_id, task_runs.task_id, task_runs.map_index, task_runs.task_run_id desc
    )

    select
        dag_id,
        task_id,
        ended_at,
        message
    from last_attempts
    where state = 'failed'
    order by ended_at
"""
# Those that the gates last found, unless that build was published since.
FAILED_GATES = """
    select
        gate_results.gate || ':' || gate_results.subject,
        gate_results.message
    from ops.gate_results
    where
        gate_results.evaluated_at = (select max(evaluated_at) from ops.gate_results)
        and gate_results.status = 'failed'
        and not exists (
            select 1 from ops.publications
            where publications.build_id = gate_results.build_id
        )
    order by gate_results.gate_result_id
"""
OVERRIDES = """
    select distinct
        gate_overrides.gate || ':' || gate_overrides.subject,
        gate_overrides.accepted_by,
        gate_overrides.reason
    from ops.gate_overrides
    where
        gate_overrides.build_id = (
            select build_id from ops.publications order by publication_id desc limit 1
        )
    order by 1
"""
