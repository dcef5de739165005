-- Grain: one row per return or refund that counts, of every source.
-- Sign rule: amounts are what went back to the customer, positive or zero, in EUR.
with returns as (
    select * from {{ ref('int_returns_unioned') }}
),

returns_counted as (
    select
        return_key as return_id,
        transaction_key as transaction_id,
        customer_id,
        product_key as product_id,
        source_name,
        returned_at,
        return_date,
        return_reason,
        amount
    from returns
    where exclusion_reason is null
)

select * from returns_counted
