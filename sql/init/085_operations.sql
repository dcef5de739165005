-- What readers of the marts may know of the operations behind them: no row, no value of one, no person.
-- The views read ops with their owner's rights, so that ops itself stays closed.
create schema if not exists operations;
comment on schema operations is 'Loads, gates and publications, for readers of the warehouse.';

create or replace view operations.loads as
select
    batches.batch_id,
    coalesce(batches.feed, 'none') as feed,
    batches.file_name,
    batches.status,
    batches.finished_at as loaded_at,
    batches.rows_in_file as file_rows,
    batches.rows_loaded as loaded_rows,
    batches.rows_quarantined as quarantined_rows,
    waiting.waiting_rows
from ops.load_batches as batches
left join lateral (
    select count(*) as waiting_rows
    from ops.quarantined_rows as quarantined
    where quarantined.batch_id = batches.batch_id and quarantined.released_by_batch_id is null
) as waiting on true;
comment on view operations.loads is 'One row per attempt to load a file: what became of it, how many rows still wait in quarantine.';

create or replace view operations.gates as
select
    build_id,
    gate,
    subject,
    status,
    observed,
    expected,
    evaluated_at
from ops.gate_results;
comment on view operations.gates is 'One row per build and gate.';

create or replace view operations.publications as
select
    publications.publication_id,
    publications.build_id,
    publications.kind,
    publications.as_of_date,
    publications.published_at,
    sizes.tables,
    sizes.table_rows
from ops.publications as publications
cross join lateral (
    select
        count(*) as tables,
        coalesce(sum(counted.value::bigint), 0)::bigint as table_rows
    from jsonb_each_text(publications.table_rows) as counted
) as sizes;
comment on view operations.publications is 'One row per publication or rollback.';

grant usage on schema operations to c360_bi, c360_pii, c360_operator;
grant select on all tables in schema operations to c360_bi, c360_pii, c360_operator;
