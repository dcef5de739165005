-- How far each feed was pulled from the system that has it. Append only: the newest row of a feed says where to go on.
create table if not exists ops.pull_steps (
    step_id bigint generated always as identity primary key,
    feed text not null,
    run_id uuid not null,
    definition_sha256 text not null,
    watermark_from text,
    watermark_seen text,
    next_position jsonb,
    is_complete boolean not null,
    file_name text,
    file_sha256 text,
    source_name text,
    source_sha256 text,
    rows_pulled bigint not null default 0,
    pulled_at timestamptz not null default clock_timestamp(),
    constraint pull_steps_end_or_go_on check (is_complete = (next_position is null))
);
comment on table ops.pull_steps is
'One row per piece of a feed that was pulled: a page, a table or an export file, and the landing file it became.';
comment on column ops.pull_steps.run_id is 'The rows of one run, from the first page to the last, share it.';
comment on column ops.pull_steps.definition_sha256 is
'Fingerprint of the feed''s `pull` entry: a run that was cut short goes on only under the same one.';
comment on column ops.pull_steps.watermark_from is 'Only what changed since was asked for; null for everything.';
comment on column ops.pull_steps.watermark_seen is
'The newest value of the watermark column so far; the next run starts there once this one is complete.';
comment on column ops.pull_steps.next_position is 'Where the next page is; null after the last one.';
comment on column ops.pull_steps.file_name is
'Landing file, below the landing directory; null where there was nothing, or only what was pulled before.';
comment on column ops.pull_steps.file_sha256 is 'Digest of what was pulled, whether or not it became a file.';
comment on column ops.pull_steps.source_name is 'Export file that was read, if it was one.';
create index if not exists pull_steps_feed_idx on ops.pull_steps (feed, step_id);
create index if not exists pull_steps_file_idx on ops.pull_steps (feed, file_sha256);

grant select, insert on ops.pull_steps to c360_loader;
grant select on ops.pull_steps to c360_transformer;
