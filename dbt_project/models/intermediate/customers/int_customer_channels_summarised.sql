-- Grain: one row per customer and sales channel with at least one counted purchase.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

channels as (
    select
        customer_id,
        channel,
        count(*) as orders,
        sum(amount) as gross_spend,
        max(transaction_date) as last_purchase_date
    from transactions
    where
        exclusion_reason is null
        and customer_id is not null
    group by customer_id, channel
),

channels_ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by
                orders desc nulls last,
                last_purchase_date desc nulls last,
                channel asc nulls last
        ) as preference
    from channels
)

select * from channels_ranked
