-- Grain: one row per customer and month end since the first purchase, in the window of the history.
-- Segments are computed anew for each month end among those who had bought by then, so they are
-- what customer_rfm said on that day, not what it says today of the past.
with customer_month_ends as (
    select * from {{ ref('int_customer_month_ends_summarised') }}
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
        customer_month_ends.customer_id,
        customer_month_ends.month_end_date,
        customer_month_ends.first_purchase_date,
        {{ rfm_score('recency', 'customer_month_ends.recency_days', 'month_end_date') }}
            as recency_score,
        {{ rfm_score('frequency', 'customer_month_ends.orders', 'month_end_date') }}
            as frequency_score,
        {{ rfm_score('monetary', 'customer_month_ends.net_spend', 'month_end_date') }}
            as monetary_score
    from customer_month_ends
    cross join recency_rule
    cross join frequency_rule
    cross join monetary_rule
),

named as (
    select
        scored.customer_id,
        scored.month_end_date,
        scored.first_purchase_date,
        segments.segment
    from scored
    left join segments
        on
            scored.recency_score = segments.recency_score
            and scored.frequency_score = segments.frequency_score
            and scored.monetary_score = segments.monetary_score
),

final as (
    select
        *,
        lag(segment) over (partition by customer_id order by month_end_date asc nulls last)
            as previous_segment
    from named
)

select * from final
