-- Grain: one row per customer and month with a purchase or a refund.
-- Refunds count in the month of the return, so that a month once over does not change any more.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

returns as (
    select * from {{ ref('int_returns_unioned') }}
),

movements as (
    select
        customer_id,
        {{ month_start('transaction_date') }} as activity_month,
        transaction_date as purchase_date,
        1 as orders,
        amount as gross_spend,
        0 as refunded_amount
    from transactions
    where
        exclusion_reason is null
        and customer_id is not null
    union all
    select
        customer_id,
        {{ month_start('return_date') }} as activity_month,
        cast(null as date) as purchase_date,
        0 as orders,
        0 as gross_spend,
        amount as refunded_amount
    from returns
    where
        exclusion_reason is null
        and customer_id is not null
),

months as (
    select
        customer_id,
        activity_month,
        sum(orders) as orders,
        min(purchase_date) as first_purchase_date,
        max(purchase_date) as last_purchase_date,
        sum(gross_spend) as gross_spend,
        sum(refunded_amount) as refunded_amount
    from movements
    group by customer_id, activity_month
)

select * from months
