-- Who sees which rows, who read personal data, and the pseudonyms that stand for it. The roles' rights on the tables
-- of warehouse are given by dbt as it builds them: see macros/hooks/grant_readers.sql and restrict_rows.sql.

-- A dbt that was given no key, as a person's own, makes pseudonyms with two random ones. They lie in the database and
-- are others with each such invocation: good to develop with, and refused by the publication.
create table if not exists ops.throwaway_keys (
    pad text primary key check (pad in ('inner', 'outer')),
    random_hex text not null,
    made_at timestamptz not null default clock_timestamp()
);
comment on table ops.throwaway_keys is 'Keys of pseudonyms that are never published, of the newest dbt without a key.';
alter table ops.builds add column if not exists has_throwaway_key boolean not null default false;
comment on column ops.builds.has_throwaway_key is
'Whether dbt was given no key of pseudonyms: those of such a build fit no other, so it is not published.';

create or replace function ops.throwaway_key(wanted text) returns text
language sql stable strict parallel safe security definer set search_path = pg_catalog, pg_temp
return (select throwaway_keys.random_hex from ops.throwaway_keys where throwaway_keys.pad = wanted);

create or replace function ops.renew_throwaway_key() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(current_setting('c360.pseudonym_inner', true), '') <> '' then
        return false;
    end if;
    insert into ops.throwaway_keys (pad, random_hex)
    select pads.pad, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
    from unnest(array['inner', 'outer']) as pads (pad)
    on conflict (pad) do update set random_hex = excluded.random_hex, made_at = clock_timestamp();
    return true;
end $$;

-- HMAC-SHA-256 (RFC 2104), the first 128 bits of it. dbt's session is given the two padded keys as it connects; they
-- are in no table, statement or log.
create or replace function ops.pseudonym(identifier text) returns text
language sql stable parallel safe -- not strict, which coalesce would keep from being inlined
return substr(encode(sha256(
    decode(coalesce(nullif(current_setting('c360.pseudonym_outer', true), ''), ops.throwaway_key('outer')), 'hex')
    || sha256(
        decode(coalesce(nullif(current_setting('c360.pseudonym_inner', true), ''), ops.throwaway_key('inner')), 'hex')
        || convert_to(identifier, 'UTF8')
    )
), 'hex'), 1, 32);
revoke all on function ops.pseudonym(text), ops.throwaway_key(text), ops.renew_throwaway_key() from public;
grant execute on function ops.pseudonym(text), ops.throwaway_key(text), ops.renew_throwaway_key()
to c360_transformer;

-- The one policy table of rows. A login without an entry sees every country; one with entries sees these alone.
create table if not exists ops.country_access (
    login name not null,
    country_code text not null check (country_code ~ '^[A-Z]{2}$'),
    granted_by text not null default session_user,
    granted_at timestamptz not null default clock_timestamp(),
    primary key (login, country_code)
);
comment on table ops.country_access is
'Countries to whose customers and stores a login is confined. Rows of no known country are then hidden as well.';
comment on column ops.country_access.login is 'The login itself, not a role that it may take on.';
grant select, insert, delete on ops.country_access to c360_privacy;

-- session_user, which `set role` does not change. Policies call these in sub-selects: once for each statement. Were
-- they not parallel safe, no statement on a table with such a policy would be worked on by more than one process.
create or replace function ops.reads_every_country() returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
return not exists (select from ops.country_access where country_access.login = session_user);

create or replace function ops.readable_countries() returns text[]
language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
return (
    select coalesce(array_agg(country_access.country_code), '{}')
    from ops.country_access
    where country_access.login = session_user
);

-- By name, not by the table as it is now: whatever generation is live when it is called.
create or replace function ops.readable_customers() returns setof text
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select dim_customers.customer_id from warehouse.dim_customers
    where dim_customers.country_code = any(ops.readable_countries());
end $$;

create table if not exists ops.personal_reads (
    read_id bigint generated always as identity primary key,
    relation text not null,
    login name not null default session_user,
    application_name text not null default current_setting('application_name'),
    client_address inet default inet_client_addr(),
    read_at timestamptz not null default clock_timestamp()
);
comment on table ops.personal_reads is
'One row per statement that read a table of personal data, written by the table''s own policy. Append only.';

-- A reader that rolls back, or may not write, leaves no row: so the server's log, which no transaction takes back, is
-- told as well, with the statement. The table does without: a statement may itself hold personal data.
create or replace function ops.note_personal_read(relation text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    raise log 'customer360: % reads personal data of %', session_user, relation;
    if current_setting('transaction_read_only') = 'off' then
        insert into ops.personal_reads (relation) values (note_personal_read.relation);
    end if;
    return true;
end $$;

revoke all on function ops.reads_every_country(), ops.readable_countries(), ops.readable_customers(),
ops.note_personal_read(text) from public;
grant execute on function ops.reads_every_country(), ops.readable_countries(), ops.readable_customers()
to c360_bi, c360_pii;
grant execute on function ops.note_personal_read(text) to c360_pii;

grant usage on schema ops to c360_steward, c360_privacy;
grant select on ops.personal_reads to c360_privacy;

-- Stewards look at why records were taken for one customer, and at the records themselves.
grant usage on schema identity to c360_steward;
grant select on all tables in schema identity to c360_steward;
alter default privileges for role c360_transformer in schema identity grant select on tables to c360_steward;
