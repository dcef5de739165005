-- What matching has learned. Written by `customer360 identity train`, append only; a build reads the newest.
create table if not exists ops.identity_models (
    model_id bigint generated always as identity primary key,
    trained_at timestamptz not null,
    records bigint not null,
    candidate_pairs bigint not null,
    random_pairs bigint not null,
    iterations integer not null,
    log_likelihood double precision not null
);
comment on table ops.identity_models is 'One row per training of the match weights.';
comment on column ops.identity_models.random_pairs is 'Pairs drawn at random, which tell how strangers agree.';

create table if not exists ops.identity_weights (
    model_id bigint not null references ops.identity_models,
    comparison text not null,
    level integer not null,
    matches double precision not null,
    relatives double precision not null,
    strangers double precision not null,
    primary key (model_id, comparison, level),
    constraint identity_weights_are_positive check (matches > 0 and relatives > 0 and strangers > 0)
);
comment on table ops.identity_weights is
'How often each field agrees to each level among matches, relatives and strangers; comparison pair: pairs per record.';

grant select, insert on ops.identity_models, ops.identity_weights to c360_operator;
grant select on ops.identity_models, ops.identity_weights to c360_transformer;
