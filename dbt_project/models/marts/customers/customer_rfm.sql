-- Grain: one row per customer with at least one purchase.
with customers as (
    select * from {{ ref('int_customer_rfm_summarised') }}
),

final as (
    select
        customer_id,
        as_of_date,
        recency_days,
        frequency,
        monetary,
        repeat_purchase_days,
        days_first_to_last_purchase,
        days_since_first_purchase,
        recency_score,
        frequency_score,
        monetary_score,
        segment,
        segment_simple,
        rfm_churn_risk_level,
        rfm_score
    from customers
)

select * from final
