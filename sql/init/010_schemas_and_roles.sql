-- Schemas, group roles and extensions. Re-runnable; needs a login that may create roles and extensions.
create extension if not exists unaccent schema public;
create extension if not exists pg_trgm schema public;
create extension if not exists fuzzystrmatch schema public;

-- Business time is UTC everywhere, whatever the server's own zone.
do $$ begin execute format('alter database %I set timezone = ''UTC''', current_database()); end $$;

-- Group roles without a login: people and services are made members of them.
do $$
declare
    role_name text;
begin
    foreach role_name in array array[
        'c360_loader', 'c360_transformer', 'c360_steward', 'c360_bi', 'c360_pii', 'c360_privacy', 'c360_operator'
    ] loop
        if not exists (select from pg_roles where rolname = role_name) then
            begin
                execute format('create role %I nologin', role_name);
            exception when duplicate_object then null; -- another database's set-up was faster
            end;
        end if;
        -- Whoever creates a role may only administer it: to act as it is a grant of its own.
        if not pg_has_role(current_user, role_name, 'set') then
            execute format('grant %I to current_user with inherit true, set true', role_name);
        end if;
    end loop;
end $$;

-- Nothing is readable or creatable unless granted.
revoke create on schema public from public;
do $$ begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to c360_loader, c360_transformer, c360_steward, c360_bi, c360_pii, '
        'c360_privacy, c360_operator',
        current_database()
    );
    -- dbt makes its schemas, and the publication renames them: both need CREATE on the database.
    execute format('grant create, temporary on database %I to c360_transformer, c360_operator', current_database());
end $$;
-- The publication renames schemas that the transformer owns.
grant c360_transformer to c360_operator;

create schema if not exists raw authorization c360_loader;
create schema if not exists ops;
create schema if not exists seeds authorization c360_transformer;
create schema if not exists staging authorization c360_transformer;
create schema if not exists identity authorization c360_transformer;
create schema if not exists intermediate authorization c360_transformer;
create schema if not exists history authorization c360_transformer;
create schema if not exists warehouse_next authorization c360_transformer;
create schema if not exists warehouse authorization c360_transformer;

grant usage on schema raw to c360_transformer;
grant usage on schema ops to c360_loader, c360_transformer, c360_operator;
grant usage on schema warehouse to c360_bi, c360_pii;
alter default privileges for role c360_loader in schema raw grant select on tables to c360_transformer;
