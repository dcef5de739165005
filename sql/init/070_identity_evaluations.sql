-- How well records were matched, measured against a known truth. Written by `customer360 identity evaluate`, append only.
-- Only counts are kept: the truth itself, who is who, never comes into the database.
create table if not exists ops.identity_evaluations (
    evaluation_id bigint generated always as identity primary key,
    build_id text not null,
    evaluated_at timestamptz not null,
    truth_sha256 text not null,
    records bigint not null,
    records_only_in_truth bigint not null,
    records_only_in_warehouse bigint not null,
    people bigint not null,
    customers bigint not null,
    true_pairs bigint not null,
    found_pairs bigint not null,
    correct_pairs bigint not null,
    over_merged_customers bigint not null,
    split_people bigint not null,
    constraint identity_evaluations_count_pairs_once check (
        correct_pairs between 0 and least(true_pairs, found_pairs)
    )
);
comment on table ops.identity_evaluations is
'One row per comparison of identity with a known truth, over the records that both know.';
comment on column ops.identity_evaluations.build_id is 'Newest build when the comparison was made.';
comment on column ops.identity_evaluations.true_pairs is 'Pairs of records of one person.';
comment on column ops.identity_evaluations.found_pairs is 'Pairs of records with one customer_id.';
comment on column ops.identity_evaluations.correct_pairs is 'Pairs that are both.';

create table if not exists ops.identity_rule_evaluations (
    evaluation_id bigint not null references ops.identity_evaluations,
    match_rule text not null,
    links bigint not null,
    correct_links bigint not null,
    primary key (evaluation_id, match_rule),
    constraint identity_rule_evaluations_count_links_once check (correct_links between 0 and links)
);
comment on table ops.identity_rule_evaluations is
'The same by match rule: its links between records that the truth knows, and how many join one person.';

grant select, insert on ops.identity_evaluations, ops.identity_rule_evaluations to c360_operator;
grant select on ops.identity_evaluations, ops.identity_rule_evaluations to c360_transformer;
