-- Grain: one row per run, target, model and cut-off.
with lifetime_backtest_results as (
    select * from {{ source('ops', 'lifetime_backtest_results') }}
),

final as (
    select
        backtest_id,
        target,
        model,
        cut_off_date,
        is_baseline,
        customers,
        event_share,
        auc,
        lift_top_decile,
        brier_score,
        mean_absolute_error,
        rank_correlation,
        mean_predicted,
        mean_observed,
        forecast_method,
        amount_method,
        refusal_reason
    from lifetime_backtest_results
)

select * from final
