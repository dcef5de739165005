-- What every dbt run did. Written by dbt's on-run-start and on-run-end hooks, read by gates, publication and people.
create table if not exists ops.builds (
    build_id text not null,
    invocation_id text primary key,
    dbt_command text not null,
    as_of_date date,
    started_at timestamptz not null default clock_timestamp()
);
comment on table ops.builds is
'One row per dbt invocation that can write. Several invocations (layers) share one build_id.';

create table if not exists ops.node_results (
    build_id text not null,
    invocation_id text not null,
    unique_id text not null,
    resource_type text not null,
    layer text,
    status text not null,
    failures bigint,
    rows_affected bigint,
    started_at timestamptz,
    completed_at timestamptz,
    execution_seconds numeric(12, 3) not null,
    message text,
    primary key (invocation_id, unique_id)
);
comment on table ops.node_results is
'One row per model, seed and test of an invocation, with its status and its seconds.';
create index if not exists node_results_build_idx on ops.node_results (build_id);

grant select, insert on ops.builds, ops.node_results to c360_transformer;
grant select on ops.builds, ops.node_results to c360_operator;
