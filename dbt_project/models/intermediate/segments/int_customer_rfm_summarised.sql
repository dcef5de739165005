-- Grain: one row per customer with at least one purchase.
-- By the seed rfm_scoring a score is a quintile, 1 + floor(5 × the share of customers with a
-- strictly worse value), or 1 + the fixed thresholds that a value reaches. Ties score alike.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
),

recency_rule as (
    select * from {{ ref('rfm_scoring') }}
    where component = 'recency'
),

frequency_rule as (
    select * from {{ ref('rfm_scoring') }}
    where component = 'frequency'
),

monetary_rule as (
    select * from {{ ref('rfm_scoring') }}
    where component = 'monetary'
),

scored as (
    select
        customers.customer_id,
        customers.as_of_date,
        customers.days_since_last_purchase as recency_days,
        customers.orders as frequency,
        customers.net_spend as monetary,
        customers.repeat_purchase_days,
        customers.days_first_to_last_purchase,
        customers.days_since_first_purchase,
        {{ rfm_score('recency', 'customers.days_since_last_purchase') }} as recency_score,
        {{ rfm_score('frequency', 'customers.orders') }} as frequency_score,
        {{ rfm_score('monetary', 'customers.net_spend') }} as monetary_score
    from customers
    cross join recency_rule
    cross join frequency_rule
    cross join monetary_rule
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
