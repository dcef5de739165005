-- Grain: one row per target, model, cut-off and decile of the newest run of backtests.
-- Only the newest run that knows nothing after the as-of date counts.
with backtest_deciles as (
    select * from {{ ref('stg_ops__lifetime_backtest_deciles') }}
),

runs as (
    select * from {{ ref('stg_ops__lifetime_backtests') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

runs_ranked as (
    select
        runs.*,
        row_number() over (
            order by runs.as_of_date desc nulls last, runs.backtest_id desc nulls last
        ) as preference
    from runs
    inner join as_of
        on runs.as_of_date <= as_of.as_of_date
),

final as (
    select
        runs_ranked.as_of_date as tested_as_of_date,
        runs_ranked.horizon_days,
        backtest_deciles.target,
        backtest_deciles.model,
        backtest_deciles.cut_off_date,
        backtest_deciles.decile,
        backtest_deciles.customers,
        backtest_deciles.mean_predicted,
        backtest_deciles.mean_observed
    from runs_ranked
    inner join backtest_deciles
        on runs_ranked.backtest_id = backtest_deciles.backtest_id
    where runs_ranked.preference = 1
)

select * from final
