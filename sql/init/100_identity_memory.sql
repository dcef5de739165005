-- What stewards decided about who is who, and the secret that keeps customer ids opaque. Decisions are append only: to
-- take one back is a decision too.
create table if not exists ops.identity_decisions (
    decision_id bigint generated always as identity primary key,
    kind text not null check (kind in ('link', 'unlink', 'undo')),
    left_key text,
    right_key text,
    undone_decision_id bigint references ops.identity_decisions,
    reason text not null check (reason <> ''),
    decided_by text not null,
    database_login text not null default session_user,
    decided_at timestamptz not null default clock_timestamp(),
    constraint identity_decisions_are_on_two_records check (
        (kind = 'undo') = (left_key is null) and (kind = 'undo') = (right_key is null) and left_key <> right_key
    ),
    constraint identity_decisions_undo_one check ((kind = 'undo') = (undone_decision_id is not null)),
    constraint identity_decisions_are_undone_once unique (undone_decision_id)
);
comment on table ops.identity_decisions is
'One row per decision of a steward: two records are one customer (link), are not (unlink), or a decision is taken back.';
comment on column ops.identity_decisions.left_key is
'Key of a record, source_name:id of the source, so that a decision holds however often the record is delivered.';

grant select, insert on ops.identity_decisions to c360_operator;
grant select on ops.identity_decisions to c360_transformer;

-- A customer id is a digest of a record's key: without a secret in it, whoever sees ids could try all keys.
create table if not exists ops.identity_secrets (
    secret text not null default gen_random_uuid()::text || gen_random_uuid()::text,
    is_only boolean primary key default true check (is_only)
);
comment on table ops.identity_secrets is
'One row: the secret of this database that goes into each new customer id. Lost, ids already given stay.';
insert into ops.identity_secrets default values on conflict do nothing;

grant select on ops.identity_secrets to c360_transformer;
