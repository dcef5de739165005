-- Grain: one row per customer with at least one purchase.
-- The predicted values are those of the lifetime models. The simple formulas, for comparison, take
-- the past rhythm as the future: no discount, no dropout, no margin. A customer
-- observed for less than `clv_minimum_observed_days` counts as observed that long, so that the
-- first order of last week is not multiplied into fifty a year.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

forecasts as (
    select * from {{ ref('customer_purchase_forecasts') }}
),

tiers as (
    select
        clv_tier,
        minimum_value,
        lead(minimum_value) over (order by minimum_value asc nulls first) as next_minimum_value
    from {{ ref('clv_tiers') }}
),

yearly as (
    select
        customer_id,
        as_of_date,
        orders,
        net_spend,
        net_spend / orders as net_order_value,
        {{ var('days_per_year') }} * orders / greatest(
            days_since_first_purchase, {{ var('clv_minimum_observed_days') }}
        ) as orders_per_year
    from customers
),

valued as (
    select
        customer_id,
        as_of_date,
        cast(net_spend as numeric(20, 2)) as historical_clv,
        cast(net_order_value as numeric(20, 2)) as net_order_value,
        cast(orders_per_year as numeric(16, 4)) as orders_per_year,
        cast(net_order_value * orders_per_year as numeric(20, 2)) as yearly_value,
        cast(3 * net_order_value * orders_per_year as numeric(20, 2)) as simple_clv_3_years,
        cast(10 * net_order_value * orders_per_year as numeric(20, 2)) as simple_clv_10_years,
        rank() over (order by net_spend desc nulls last) as clv_rank
    from yearly
),

final as (
    select
        valued.customer_id,
        valued.as_of_date,
        valued.historical_clv,
        valued.net_order_value,
        valued.orders_per_year,
        valued.yearly_value,
        valued.simple_clv_3_years,
        valued.simple_clv_10_years,
        forecasts.forecast_method,
        forecasts.amount_method,
        forecasts.probability_alive,
        forecasts.expected_purchases_12_months,
        forecasts.expected_purchases_36_months,
        forecasts.expected_purchase_amount,
        forecasts.predicted_value_12_months as predicted_clv_12_months,
        forecasts.predicted_value_36_months as predicted_clv_36_months,
        tiers.clv_tier,
        valued.clv_rank
    from valued
    left join forecasts
        on valued.customer_id = forecasts.customer_id
    left join tiers
        on
            (valued.historical_clv >= tiers.minimum_value or tiers.minimum_value is null)
            and (
                valued.historical_clv < tiers.next_minimum_value
                or tiers.next_minimum_value is null
            )
)

select * from final
