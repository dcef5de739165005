-- Grain: one row per purchase that counts, of every source and channel.
-- Sign rule: amounts are positive or zero, in EUR; what went back stands in fct_returns, so net
-- revenue is the sum here less the sum there. What does not count stays, with its reason, in
-- int_transactions_judged.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

purchases as (
    select
        transaction_key as transaction_id,
        customer_id,
        product_key as product_id,
        store_key as store_id,
        source_name,
        channel,
        transaction_at,
        transaction_date,
        quantity,
        amount,
        status,
        payment_method,
        campaign_id
    from transactions
    where exclusion_reason is null
)

select * from purchases
