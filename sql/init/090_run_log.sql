-- What every task of Airflow did, and one view over tasks and dbt's nodes: where the time of a run went.
create table if not exists ops.task_runs (
    task_run_id bigint generated always as identity primary key,
    dag_id text not null,
    run_id text not null,
    task_id text not null,
    map_index integer not null,
    try_number integer not null,
    state text not null check (state in ('success', 'failed', 'up_for_retry', 'skipped')),
    build_id text,
    started_at timestamptz,
    ended_at timestamptz not null,
    message text
);
comment on table ops.task_runs is 'One row per attempt of a task that ended, written by the DAGs'' callbacks. Append only.';
comment on column ops.task_runs.build_id is 'The build that the run makes; null for other DAGs.';
comment on column ops.task_runs.message is 'Why it failed or was skipped.';
create index if not exists task_runs_run_idx on ops.task_runs (dag_id, run_id);
create index if not exists task_runs_ended_idx on ops.task_runs (ended_at);

create or replace view ops.run_log with (security_invoker = true) as
with builds_of_runs as (
    select
        build_id,
        min(dag_id) as dag_id,
        min(run_id) as run_id
    from ops.task_runs
    where build_id is not null
    group by build_id
)

select
    task_runs.dag_id,
    task_runs.run_id,
    task_runs.build_id,
    'task' as kind,
    task_runs.task_id || case when task_runs.map_index >= 0 then '[' || task_runs.map_index || ']' else '' end as name,
    task_runs.try_number,
    task_runs.state,
    task_runs.started_at,
    task_runs.ended_at,
    round(extract(epoch from task_runs.ended_at - task_runs.started_at), 3) as seconds,
    null::bigint as rows_affected,
    task_runs.message
from ops.task_runs
union all
select
    builds_of_runs.dag_id,
    builds_of_runs.run_id,
    node_results.build_id,
    node_results.resource_type as kind,
    split_part(node_results.unique_id, '.', 3) as name,
    null as try_number,
    node_results.status as state,
    node_results.started_at,
    node_results.completed_at as ended_at,
    node_results.execution_seconds as seconds,
    node_results.rows_affected,
    node_results.message
from ops.node_results
left join builds_of_runs on node_results.build_id = builds_of_runs.build_id;
comment on view ops.run_log is
'One row per task, model, seed, snapshot and test of every run, with its seconds: dbt''s rows have no DAG where dbt was '
'started by hand.';

grant select, insert on ops.task_runs to c360_operator;
grant select on ops.run_log to c360_operator;
