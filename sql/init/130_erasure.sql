-- Erasure: what was erased when and by whom, and the keyed digests by which it is known when it is delivered again.
create or replace function ops.tombstone_digest(name text) returns text
language sql stable strict parallel safe
return encode(sha256(
    decode(current_setting('c360.tombstone_outer'), 'hex')
    || sha256(decode(current_setting('c360.tombstone_inner'), 'hex') || convert_to(name, 'UTF8'))
), 'hex');
revoke all on function ops.tombstone_digest(text) from public;
grant execute on function ops.tombstone_digest(text) to c360_loader, c360_privacy;

-- The same white space as dbt's collapse_spaces: ids are compared as staging knows them.
create or replace function ops.cleaned(value text) returns text
language sql immutable strict parallel safe
return nullif(trim(regexp_replace(
    value, '[\t-\r \u0085\u00A0\u1680\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF]+', ' ', 'g'
)), '');

create table if not exists ops.erasures (
    erasure_id uuid primary key,
    requested_by text not null,
    reason text not null,
    erased_by text not null default session_user,
    key_check text not null,
    rows_by_table jsonb not null default '{}',
    erased_at timestamptz not null default clock_timestamp()
);
comment on table ops.erasures is
'The proof of each erasure: rows removed from each table, when, by whom and why. It holds no personal data.';
comment on column ops.erasures.key_check is
'Digest of a constant: loads are refused under another key, as it would not know again who was erased.';

create table if not exists ops.tombstones (
    digest text primary key,
    erasure_id uuid not null references ops.erasures
);
comment on table ops.tombstones is
'Keyed digests of what named an erased person: a row that is delivered with such a name is dropped by the loader.';

create table if not exists ops.erased_rows (
    batch_id bigint not null,
    line bigint not null,
    primary key (batch_id, line)
);
comment on table ops.erased_rows is 'Which rows of which files were erased: by them landing files are redacted.';

create table if not exists ops.redacted_files (
    file_sha256 text not null,
    feed text not null,
    batch_id bigint not null,
    rows_erased bigint not null,
    redacted_at timestamptz not null default clock_timestamp(),
    primary key (feed, file_sha256)
);
comment on table ops.redacted_files is
'Digests of landing files as erasures left them: they hold nothing that was not loaded before.';

alter table ops.load_batches add column if not exists rows_erased bigint not null default 0;
alter table ops.load_batches drop constraint if exists load_batches_lose_no_row;
alter table ops.load_batches add constraint load_batches_lose_no_row
check (rows_in_file = rows_loaded + rows_quarantined + rows_erased);

grant select on ops.tombstones, ops.erasures, ops.erased_rows, ops.redacted_files to c360_loader, c360_privacy;
grant insert on ops.tombstones, ops.erased_rows, ops.redacted_files to c360_loader, c360_privacy;
grant insert on ops.erasures to c360_privacy;
grant select on ops.load_batches, ops.quarantined_rows to c360_privacy;
grant update (rows_loaded, rows_quarantined, rows_erased) on ops.load_batches to c360_loader, c360_privacy;
grant update (rows_erased, redacted_at) on ops.redacted_files to c360_loader, c360_privacy;
grant update (rows_by_table) on ops.erasures to c360_privacy;
grant delete on ops.quarantined_rows to c360_loader, c360_privacy;
grant select on ops.erasures to c360_operator, c360_transformer;
grant select, delete on ops.identity_decisions, ops.gate_failed_rows to c360_privacy;

-- Erasure reaches wherever a person may be, and owns nothing of it.
do $$
declare
    schema_name text;
begin
    foreach schema_name in array array[
        'raw', 'staging', 'identity', 'intermediate', 'history', 'warehouse', 'warehouse_next', 'warehouse_previous'
    ] loop
        if exists (select from pg_namespace where nspname = schema_name) then
            execute format('grant usage on schema %I to c360_privacy', schema_name);
            execute format('grant select, delete on all tables in schema %I to c360_privacy', schema_name);
        end if;
    end loop;
end $$;
alter default privileges for role c360_transformer grant usage on schemas to c360_privacy;
alter default privileges for role c360_transformer grant select, delete on tables to c360_privacy;
alter default privileges for role c360_loader in schema raw grant select, delete on tables to c360_privacy;
