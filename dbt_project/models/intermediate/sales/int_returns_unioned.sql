-- Grain: one row per return or refund that any system delivered, whether it counts or not.
-- Amounts are what went back to the customer, positive; a system without returns of its own
-- delivers refunds as negative transactions.
with shop_returns as (
    select * from {{ ref('stg_shop__returns') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

shop_returns_keyed as (
    select
        'shop:' || return_id as return_key,
        'shop:' || order_id as transaction_key,
        returned_at,
        reason,
        amount,
        {{ utc_date('returned_at') }} as return_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from shop_returns
),

shop_returns_judged as (
    select
        shop_returns_keyed.return_key,
        'shop' as source_name,
        transactions.transaction_key,
        transactions.customer_id,
        transactions.product_key,
        shop_returns_keyed.returned_at,
        shop_returns_keyed.return_date,
        shop_returns_keyed.reason as return_reason,
        shop_returns_keyed.amount,
        case
            when shop_returns_keyed.return_date is null then 'invalid_date'
            when {{ is_implausible_date('shop_returns_keyed.return_date') }}
                then 'implausible_date'
            when shop_returns_keyed.return_date > shop_returns_keyed.loaded_date then 'future_date'
            when shop_returns_keyed.return_date > as_of.as_of_date then 'after_as_of_date'
            when shop_returns_keyed.amount is null then 'invalid_amount'
            when {{ is_impossible_amount('shop_returns_keyed.amount') }} then 'impossible_amount'
            when shop_returns_keyed.amount < 0 then 'negative_amount'
            when transactions.exclusion_reason is not null then 'transaction_not_counted'
        end as exclusion_reason
    from shop_returns_keyed
    cross join as_of
    left join transactions
        on shop_returns_keyed.transaction_key = transactions.transaction_key
),

refunds as (
    select
        transaction_key as return_key,
        source_name,
        cast(null as {{ dbt.type_string() }}) as transaction_key,
        customer_id,
        product_key,
        transaction_at as returned_at,
        transaction_date as return_date,
        cast(null as {{ dbt.type_string() }}) as return_reason,
        -amount as amount,
        cast(null as {{ dbt.type_string() }}) as exclusion_reason
    from transactions
    where exclusion_reason = 'refund'
),

returns as (
    select * from shop_returns_judged
    union all
    select * from refunds
)

select * from returns
