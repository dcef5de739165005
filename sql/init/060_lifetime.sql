-- What the lifetime models were fitted to and came to, and how well they would have predicted. Append only: the
-- newest fit that knows nothing later than the business day governs the marts.
create table if not exists ops.lifetime_fits (
    fit_id bigint generated always as identity primary key,
    build_id text,
    as_of_date date not null,
    first_purchase_date date,
    last_purchase_date date,
    process text not null check (process in ('purchases', 'spend', 'health_churn')),
    model text not null,
    is_chosen boolean not null,
    status text not null check (status in ('fitted', 'refused')),
    reason text,
    customers bigint not null,
    log_likelihood double precision,
    horizon_days integer,
    library_version text not null,
    fitted_at timestamptz not null default clock_timestamp(),
    constraint lifetime_fits_say_why_not check ((status = 'refused') = (reason is not null))
);
alter table ops.lifetime_fits add column if not exists warning text;
comment on column ops.lifetime_fits.warning is
'Where the fitted model does not look like the data it was fitted to, and what to expect of that; it is used all the same.';
comment on table ops.lifetime_fits is
'One row per model and fit: BG/NBD, MBG/NBD (purchases), Gamma-Gamma (spend), and the logistic curve from health_score
to churn. One model of each process is chosen; a refused one says why the data did not support it.';
comment on column ops.lifetime_fits.as_of_date is 'The fit knows purchases up to this day and none after.';

create table if not exists ops.lifetime_parameters (
    fit_id bigint not null references ops.lifetime_fits,
    parameter text not null,
    value double precision not null,
    standard_error double precision,
    primary key (fit_id, parameter)
);
comment on table ops.lifetime_parameters is 'The parameters of a fit with their standard errors; rates are per week.';

create table if not exists ops.lifetime_dropout_nodes (
    fit_id bigint not null references ops.lifetime_fits,
    repeat_purchase_days integer not null,
    node smallint not null,
    dropout_probability double precision not null,
    weight double precision not null,
    primary key (fit_id, repeat_purchase_days, node)
);
comment on table ops.lifetime_dropout_nodes is
'Gauss-Jacobi quadrature over the dropout probability of those alive after so many repeat purchases, so that
expected purchases are a sum in SQL. Weights sum to 1.';

create table if not exists ops.lifetime_backtests (
    backtest_id bigint generated always as identity primary key,
    build_id text,
    as_of_date date not null,
    horizon_days integer not null,
    library_version text not null,
    tested_at timestamptz not null default clock_timestamp()
);
comment on table ops.lifetime_backtests is
'One row per run of backtests: forecasts made at past cut-offs, from what was known then, against what followed.';

create table if not exists ops.lifetime_backtest_results (
    backtest_id bigint not null references ops.lifetime_backtests,
    target text not null check (target in ('churn', 'value')),
    model text not null,
    is_baseline boolean not null,
    cut_off_date date not null,
    customers bigint not null,
    event_share double precision not null,
    auc double precision,
    lift_top_decile double precision,
    brier_score double precision,
    mean_absolute_error double precision not null,
    rank_correlation double precision,
    mean_predicted double precision not null,
    mean_observed double precision not null,
    primary key (backtest_id, target, model, cut_off_date)
);
alter table ops.lifetime_backtest_results
add column if not exists forecast_method text,
add column if not exists amount_method text,
add column if not exists refusal_reason text;
comment on table ops.lifetime_backtest_results is 'How well a model predicted at a cut-off; measures in model_backtests.';

create table if not exists ops.lifetime_backtest_deciles (
    backtest_id bigint not null references ops.lifetime_backtests,
    target text not null,
    model text not null,
    cut_off_date date not null,
    decile smallint not null,
    customers bigint not null,
    mean_predicted double precision not null,
    mean_observed double precision not null,
    primary key (backtest_id, target, model, cut_off_date, decile)
);
comment on table ops.lifetime_backtest_deciles is 'Calibration: a tenth of the customers each, by what was predicted.';

grant select, insert on
ops.lifetime_fits, ops.lifetime_parameters, ops.lifetime_dropout_nodes,
ops.lifetime_backtests, ops.lifetime_backtest_results, ops.lifetime_backtest_deciles
to c360_transformer;
grant select on
ops.lifetime_fits, ops.lifetime_parameters, ops.lifetime_dropout_nodes,
ops.lifetime_backtests, ops.lifetime_backtest_results, ops.lifetime_backtest_deciles
to c360_operator;
