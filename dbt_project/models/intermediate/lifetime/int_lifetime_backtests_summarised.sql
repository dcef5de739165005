-- Grain: one row per target, model and cut-off of the newest run of backtests.
-- Only the newest run that knows nothing after the as-of date counts.
with backtest_results as (
    select * from {{ ref('stg_ops__lifetime_backtest_results') }}
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
        backtest_results.target,
        backtest_results.model,
        backtest_results.is_baseline,
        backtest_results.cut_off_date,
        backtest_results.customers,
        backtest_results.event_share,
        backtest_results.auc,
        backtest_results.lift_top_decile,
        backtest_results.brier_score,
        backtest_results.mean_absolute_error,
        backtest_results.rank_correlation,
        backtest_results.mean_predicted,
        backtest_results.mean_observed,
        backtest_results.forecast_method,
        backtest_results.amount_method,
        backtest_results.refusal_reason
    from runs_ranked
    inner join backtest_results
        on runs_ranked.backtest_id = backtest_results.backtest_id
    where runs_ranked.preference = 1
)

select * from final
