-- Grain: one row per customer with at least one purchase.
-- Two views of leaving: what the model says (probability_alive), and days overdue against the
-- customer's own rhythm. Without a fit the day count decides, and churn_method says so.
with metrics as (
    select * from {{ ref('customer_metrics') }}
),

orders as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

forecasts as (
    select * from {{ ref('customer_purchase_forecasts') }}
),

support as (
    select * from {{ ref('int_customer_support_summarised') }}
),

satisfaction_levels as (
    select
        satisfaction_band,
        minimum_satisfaction,
        lead(minimum_satisfaction) over (order by minimum_satisfaction asc nulls first)
            as next_minimum_satisfaction
    from {{ ref('satisfaction_bands') }}
),

risk_levels as (
    select
        churn_risk_level,
        minimum_probability,
        lead(minimum_probability) over (order by minimum_probability asc nulls first)
            as next_minimum_probability
    from {{ ref('churn_risk_levels') }}
),

joined as (
    select
        orders.customer_id,
        orders.as_of_date,
        orders.days_since_last_purchase,
        metrics.average_days_between_purchases,
        metrics.is_overdue,
        metrics.days_overdue,
        forecasts.forecast_method as churn_method,
        forecasts.probability_alive,
        forecasts.probability_of_no_purchase,
        rfm.rfm_churn_risk_level as naive_risk_level,
        support.average_satisfaction,
        cast(
            orders.days_since_last_purchase
            / nullif(metrics.average_days_between_purchases, 0) as numeric(16, 2)
        ) as rhythms_since_last_purchase,
        coalesce(support.tickets, 0) as support_tickets,
        coalesce(support.escalated_tickets, 0) as escalated_tickets
    from orders
    inner join metrics
        on orders.customer_id = metrics.customer_id
    inner join rfm
        on orders.customer_id = rfm.customer_id
    inner join forecasts
        on orders.customer_id = forecasts.customer_id
    left join support
        on orders.customer_id = support.customer_id
),

final as (
    select
        joined.customer_id,
        joined.as_of_date,
        joined.churn_method,
        coalesce(
            joined.probability_alive < {{ var('churned_below_probability_alive') }}
            and joined.days_since_last_purchase >= {{ var('churn_horizon_days') }},
            joined.days_since_last_purchase >= {{ var('active_within_days') }}
        ) as is_churned,
        joined.probability_alive,
        joined.probability_of_no_purchase as churn_probability,
        coalesce(risk_levels.churn_risk_level, joined.naive_risk_level) as churn_risk_level,
        joined.days_since_last_purchase,
        joined.average_days_between_purchases,
        joined.rhythms_since_last_purchase,
        joined.is_overdue,
        joined.days_overdue,
        joined.support_tickets,
        joined.escalated_tickets,
        joined.average_satisfaction,
        case
            when joined.support_tickets = 0 then 'No Contact'
            else coalesce(satisfaction_levels.satisfaction_band, 'No Answer')
        end as support_impact
    from joined
    left join risk_levels
        on
            joined.probability_of_no_purchase >= risk_levels.minimum_probability
            and (
                joined.probability_of_no_purchase < risk_levels.next_minimum_probability
                or risk_levels.next_minimum_probability is null
            )
    left join satisfaction_levels
        on
            joined.average_satisfaction >= satisfaction_levels.minimum_satisfaction
            and (
                joined.average_satisfaction < satisfaction_levels.next_minimum_satisfaction
                or satisfaction_levels.next_minimum_satisfaction is null
            )
)

select * from final
