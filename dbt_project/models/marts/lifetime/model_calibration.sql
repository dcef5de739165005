-- Grain: one row per target, model, cut-off and decile; none before the first backtest.
-- A forecast is calibrated where observed is near predicted in each tenth of the customers.
with deciles as (
    select * from {{ ref('int_lifetime_deciles_summarised') }}
),

final as (
    select
        target,
        model,
        cut_off_date,
        cast(decile as integer) as decile,
        customers,
        cast(mean_predicted as numeric(20, 6)) as mean_predicted,
        cast(mean_observed as numeric(20, 6)) as mean_observed
    from deciles
)

select * from final
