-- Grain: one row per customer with at least one purchase.
-- Windows end on the as-of date and are half-open: (as_of - window, as_of] is recent, the window
-- before it is prior. A customer is overdue from the day after the predicted one.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

rhythms as (
    select
        *,
        {{ add_days('last_purchase_date', 'ceil(average_days_between_purchases)') }}
            as predicted_next_purchase_date,
        greatest(12 * days_since_first_purchase / {{ var('days_per_year') }}, 1)
            as months_observed,
        case when prior_spend > 0 then (recent_spend - prior_spend) / prior_spend end
            as spending_change_ratio
    from customers
),

final as (
    select
        customer_id,
        as_of_date,
        orders,
        purchase_days,
        repeat_purchase_days,
        days_first_to_last_purchase,
        days_since_first_purchase,
        cast(average_days_between_purchases as numeric(10, 2)) as average_days_between_purchases,
        predicted_next_purchase_date,
        coalesce(predicted_next_purchase_date < as_of_date, false) as is_overdue,
        greatest({{ days_between('predicted_next_purchase_date', 'as_of_date') }}, 0)
            as days_overdue,
        cast(orders / months_observed as numeric(16, 4)) as purchases_per_month,
        cast(recent_spend as numeric(20, 2)) as recent_spend,
        cast(prior_spend as numeric(20, 2)) as prior_spend,
        cast(spending_change_ratio as numeric(24, 4)) as spending_change_ratio,
        case
            when recent_spend = 0 and prior_spend = 0 then 'Inactive'
            when
                prior_spend = 0
                and days_since_first_purchase < {{ var('spending_trend_window_days') }} then 'New'
            when prior_spend = 0 then 'Returning'
            when spending_change_ratio > {{ var('spending_trend_change_ratio') }} then 'Growing'
            when spending_change_ratio < -{{ var('spending_trend_change_ratio') }} then 'Declining'
            else 'Stable'
        end as spending_trend,
        cast(
            average_order_value / nullif(average_order_value + order_amount_deviation, 0)
            as numeric(5, 4)
        ) as spending_consistency
    from rhythms
)

select * from final
