-- Grain: one row per run, target, model, cut-off and decile.
with lifetime_backtest_deciles as (
    select * from {{ source('ops', 'lifetime_backtest_deciles') }}
),

final as (
    select
        backtest_id,
        target,
        model,
        cut_off_date,
        decile,
        customers,
        mean_predicted,
        mean_observed
    from lifetime_backtest_deciles
)

select * from final
