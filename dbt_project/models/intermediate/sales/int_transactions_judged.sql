-- Grain: one row per transaction that any system delivered, whether it counts or not.
-- Nothing is dropped: a row that must not count says why, so that counts and money reconcile.
with transactions_unioned as (
    select * from {{ ref('int_transactions_unioned') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

dated as (
    select
        *,
        product_source_name || ':' || coalesce(
            source_product_id, 'name:' || {{ comparable_text('product_name') }}
        ) as product_key,
        source_name || ':' || source_store_id as store_key,
        {{ utc_date('transaction_at') }} as transaction_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from transactions_unioned
),

judged as (
    select
        dated.*,
        customers.customer_id,
        case
            when dated.transaction_date is null then 'invalid_date'
            when {{ is_implausible_date('dated.transaction_date') }} then 'implausible_date'
            when dated.transaction_date > dated.loaded_date then 'future_date'
            when dated.transaction_date > as_of.as_of_date then 'after_as_of_date'
            when dated.status in ({{ text_list(var('uncounted_transaction_statuses')) }})
                then 'cancelled'
            when dated.status = 'warranty' then 'warranty'
            when dated.amount is null then 'invalid_amount'
            when {{ is_impossible_amount('dated.amount') }} then 'impossible_amount'
            when dated.amount < 0 and dated.has_refunds_as_negatives then 'refund'
            when dated.amount < 0 then 'negative_amount'
        end as exclusion_reason
    from dated
    cross join as_of
    left join customers
        on dated.source_customer_key = customers.source_customer_key
),

transactions as (
    select
        transaction_key,
        source_name,
        channel,
        source_customer_key,
        customer_id,
        product_source_name,
        source_product_id,
        product_key,
        product_name,
        category,
        source_store_id,
        store_key,
        transaction_at,
        transaction_date,
        case when not {{ is_impossible_quantity('quantity') }} then quantity end as quantity,
        amount,
        status,
        payment_method,
        lower(campaign) as campaign_id,
        campaign as campaign_name,
        exclusion_reason
    from judged
)

select * from transactions
