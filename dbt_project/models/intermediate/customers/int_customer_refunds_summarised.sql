-- Grain: one row per customer with at least one counted return or refund.
with returns as (
    select * from {{ ref('int_returns_unioned') }}
),

refunds_summed as (
    select
        customer_id,
        count(*) as returns,
        sum(amount) as refunded_amount
    from returns
    where
        exclusion_reason is null
        and customer_id is not null
    group by customer_id
)

select * from refunds_summed
