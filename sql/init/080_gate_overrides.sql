-- Why a person let a gate pass, and the rows that failed gates found. Written by c360_operator.
create table if not exists ops.gate_overrides (
    override_id bigint generated always as identity primary key,
    build_id text not null,
    gate text not null,
    subject text not null,
    reason text not null check (length(btrim(reason)) >= 10),
    accepted_by text not null,
    accepted_at timestamptz not null default clock_timestamp(),
    login text not null default session_user
);
comment on table ops.gate_overrides is
'One row per gate of a build that a person let pass, and why. Append only; it holds for that build alone.';
comment on column ops.gate_overrides.accepted_by is 'User of the operating system; login is the one of the database.';
create index if not exists gate_overrides_build_idx on ops.gate_overrides (build_id);

create table if not exists ops.gate_failed_rows (
    build_id text not null,
    gate text not null,
    subject text not null,
    row_number integer not null,
    row_values jsonb not null,
    primary key (gate, subject, row_number)
);
comment on table ops.gate_failed_rows is
'The first rows that each failed gate found; emptied whenever the gates look again, as they may hold personal data.';

grant select, insert on ops.gate_overrides to c360_operator;
grant select, insert, delete on ops.gate_failed_rows to c360_operator;
