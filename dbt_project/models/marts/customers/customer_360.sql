-- Grain: one row per customer, with or without a purchase.
-- Counts and sums of a customer without a purchase are zero; what only a purchase can say is null.
with customers as (
    select * from {{ ref('dim_customers') }}
),

tenures as (
    select * from {{ ref('int_customer_tenures_summarised') }}
),

orders as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

metrics as (
    select * from {{ ref('customer_metrics') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

health as (
    select * from {{ ref('customer_health') }}
),

clv as (
    select * from {{ ref('customer_clv') }}
),

churn as (
    select * from {{ ref('customer_churn') }}
),

touchpoints as (
    select * from {{ ref('int_customer_touchpoints_summarised') }}
),

value_segments as (
    select * from {{ ref('int_customer_value_segments_summarised') }}
),

final as (
    select
        customers.customer_id,
        tenures.as_of_date,
        customers.email_masked,
        customers.phone_masked,
        customers.has_email,
        customers.has_phone,
        customers.has_address,
        customers.country,
        customers.country_code,
        customers.source_names,
        customers.record_count,
        tenures.first_seen_date,
        tenures.tenure_days,
        tenures.tenure_years,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.gross_spend, 0) as gross_spend,
        coalesce(orders.refunded_amount, 0) as refunded_amount,
        coalesce(orders.net_spend, 0) as net_spend,
        orders.average_order_value,
        orders.first_purchase_date,
        orders.last_purchase_date,
        orders.days_since_last_purchase,
        orders.preferred_channel,
        metrics.purchases_per_month,
        metrics.predicted_next_purchase_date,
        coalesce(metrics.is_overdue, false) as is_overdue,
        rfm.rfm_score,
        rfm.segment as rfm_segment,
        rfm.segment_simple as rfm_segment_simple,
        churn.churn_risk_level,
        churn.churn_probability,
        churn.probability_alive,
        health.health_score,
        health.health_band,
        coalesce(health.is_high_risk, false) as is_high_risk,
        clv.historical_clv,
        clv.simple_clv_3_years,
        clv.forecast_method,
        clv.expected_purchases_12_months,
        clv.predicted_clv_12_months,
        clv.predicted_clv_36_months,
        clv.clv_tier,
        touchpoints.loyalty_tier,
        touchpoints.loyalty_points_balance,
        touchpoints.loyalty_points_earned,
        touchpoints.loyalty_points_redeemed,
        touchpoints.loyalty_joined_date,
        touchpoints.tickets,
        touchpoints.resolved_tickets,
        touchpoints.escalated_tickets,
        cast(
            1.0 * touchpoints.resolved_tickets / nullif(touchpoints.tickets, 0) as numeric(7, 6)
        ) as ticket_resolution_share,
        touchpoints.average_satisfaction,
        touchpoints.average_resolution_hours,
        touchpoints.last_ticket_date,
        touchpoints.vehicles_owned,
        touchpoints.last_vehicle_purchase_date,
        touchpoints.service_visits,
        touchpoints.service_revenue,
        touchpoints.last_service_date,
        touchpoints.email_opens,
        touchpoints.email_clicks,
        touchpoints.website_visits,
        touchpoints.app_sessions,
        touchpoints.social_interactions,
        touchpoints.digital_events,
        touchpoints.campaign_sessions,
        touchpoints.last_digital_date,
        touchpoints.engagement_score,
        value_segments.value_segment,
        coalesce(orders.days_since_last_purchase < {{ var('active_within_days') }}, false)
            as is_active,
        coalesce(churn.is_churned, false) as is_churned
    from customers
    inner join tenures
        on customers.customer_id = tenures.customer_id
    left join orders
        on customers.customer_id = orders.customer_id
    left join metrics
        on customers.customer_id = metrics.customer_id
    left join rfm
        on customers.customer_id = rfm.customer_id
    left join health
        on customers.customer_id = health.customer_id
    left join clv
        on customers.customer_id = clv.customer_id
    left join churn
        on customers.customer_id = churn.customer_id
    left join touchpoints
        on customers.customer_id = touchpoints.customer_id
    left join value_segments
        on customers.customer_id = value_segments.customer_id
)

select * from final
