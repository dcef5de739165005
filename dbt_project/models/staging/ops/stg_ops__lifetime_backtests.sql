-- Grain: one row per run of backtests.
with lifetime_backtests as (
    select * from {{ source('ops', 'lifetime_backtests') }}
),

final as (
    select
        backtest_id,
        as_of_date,
        horizon_days,
        tested_at
    from lifetime_backtests
)

select * from final
