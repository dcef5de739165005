-- Grain: one row per customer with at least one purchase.
-- A score is 1 + floor(5 × the share of customers with a strictly worse value): equal values get
-- equal scores, and without ties the five scores hold a fifth of the customers each.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
),

scored as (
    select
        customer_id,
        as_of_date,
        days_since_last_purchase as recency_days,
        orders as frequency,
        net_spend as monetary,
        repeat_purchase_days,
        days_first_to_last_purchase,
        days_since_first_purchase,
        {{ quintile_score('days_since_last_purchase desc nulls first') }} as recency_score,
        {{ quintile_score('orders asc nulls first') }} as frequency_score,
        {{ quintile_score('net_spend asc nulls first') }} as monetary_score
    from customers
),

final as (
    select
        scored.customer_id,
        scored.as_of_date,
        scored.recency_days,
        scored.frequency,
        scored.monetary,
        scored.repeat_purchase_days,
        scored.days_first_to_last_purchase,
        scored.days_since_first_purchase,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        segments.segment,
        segments.segment_simple,
        segments.rfm_churn_risk_level,
        100 * scored.recency_score + 10 * scored.frequency_score + scored.monetary_score
            as rfm_score
    from scored
    left join segments
        on
            scored.recency_score = segments.recency_score
            and scored.frequency_score = segments.frequency_score
            and scored.monetary_score = segments.monetary_score
)

select * from final
