-- What decided each publication and what was published when. Written by c360_operator, append only.
create table if not exists ops.gate_results (
    gate_result_id bigint generated always as identity primary key,
    build_id text not null,
    gate text not null,
    subject text not null,
    status text not null check (status in ('passed', 'failed', 'waived')),
    observed text not null,
    expected text not null,
    message text not null,
    evaluated_at timestamptz not null
);
comment on table ops.gate_results is
'One row per gate and evaluation; the gates of one evaluation share evaluated_at.';
create index if not exists gate_results_evaluated_idx on ops.gate_results (evaluated_at);

create table if not exists ops.publications (
    publication_id bigint generated always as identity primary key,
    build_id text not null,
    kind text not null check (kind in ('publish', 'rollback')),
    replaced_build_id text,
    as_of_date date,
    table_rows jsonb not null,
    published_at timestamptz not null default clock_timestamp(),
    published_by text not null default session_user
);
comment on table ops.publications is
'One row per exchange of the schema warehouse; the newest row says which build readers see.';
comment on column ops.publications.replaced_build_id is
'The build that readers saw before: it lies in warehouse_previous. Null for the first publication.';
create unique index if not exists publications_once_per_build
on ops.publications (build_id) where kind = 'publish';

-- The publication holds new dbt runs back for the milliseconds of its exchange, so that none slips in between
-- the look at the newest build and the rename. LOCK TABLE asks for a right that nobody else should have.
create or replace function ops.hold_new_builds() returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$ lock table ops.builds in share mode $$;
revoke all on function ops.hold_new_builds() from public;

grant select, insert on ops.gate_results, ops.publications to c360_operator;
grant select on ops.gate_results, ops.publications to c360_transformer;
grant execute on function ops.hold_new_builds() to c360_operator;
