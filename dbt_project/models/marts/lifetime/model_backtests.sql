-- Grain: one row per target, model and cut-off; none before the first backtest.
-- A forecast at a cut-off knows nothing later; what followed is known by now. A model must beat
-- those that look at recency or frequency alone.
with results as (
    select * from {{ ref('int_lifetime_backtests_summarised') }}
),

baselines as (
    select
        target,
        cut_off_date,
        max(auc) as best_baseline_auc,
        max(lift_top_decile) as best_baseline_lift_top_decile,
        min(brier_score) as best_baseline_brier_score
    from results
    where is_baseline
    group by target, cut_off_date
),

final as (
    select
        results.target,
        results.model,
        results.cut_off_date,
        results.is_baseline,
        results.tested_as_of_date,
        results.horizon_days,
        results.forecast_method,
        results.amount_method,
        results.refusal_reason,
        results.customers,
        cast(results.event_share as numeric(7, 6)) as event_share,
        cast(results.auc as numeric(7, 6)) as auc,
        cast(results.lift_top_decile as numeric(10, 4)) as lift_top_decile,
        cast(results.brier_score as numeric(7, 6)) as brier_score,
        cast(results.mean_absolute_error as numeric(20, 6)) as mean_absolute_error,
        cast(results.rank_correlation as numeric(7, 6)) as rank_correlation,
        cast(results.mean_predicted as numeric(20, 6)) as mean_predicted,
        cast(results.mean_observed as numeric(20, 6)) as mean_observed,
        cast(baselines.best_baseline_auc as numeric(7, 6)) as best_baseline_auc,
        cast(baselines.best_baseline_lift_top_decile as numeric(10, 4))
            as best_baseline_lift_top_decile,
        cast(baselines.best_baseline_brier_score as numeric(7, 6)) as best_baseline_brier_score,
        -- Amounts have no Brier score.
        case
            when not results.is_baseline
                then
                    results.auc >= baselines.best_baseline_auc
                    and results.lift_top_decile >= baselines.best_baseline_lift_top_decile
                    and coalesce(results.brier_score <= baselines.best_baseline_brier_score, true)
        end as beats_baselines
    from results
    left join baselines
        on
            results.target = baselines.target
            and results.cut_off_date = baselines.cut_off_date
)

select * from final
