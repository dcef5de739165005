-- Grain: one row per transaction that any system delivered, whether it counts or not.
-- Nothing is dropped: a row that must not count says why, so that counts and money reconcile.
with shop_transactions as (
    select * from {{ ref('stg_shop__online_transactions') }}
),

external_transactions as (
    select * from {{ ref('stg_external__transactions') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

unioned as (
    select
        'shop' as source_name,
        order_id as source_transaction_id,
        'online' as channel,
        source_customer_id,
        product_id as source_product_id,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        ordered_at as transaction_at,
        quantity,
        amount,
        status,
        payment_method,
        campaign,
        false as has_refunds_as_negatives,
        _loaded_at
    from shop_transactions
    union all
    select
        source_name,
        transaction_id as source_transaction_id,
        channel,
        source_customer_id,
        product_id as source_product_id,
        product_name,
        category,
        transaction_at,
        quantity,
        amount,
        status,
        payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        true as has_refunds_as_negatives,
        _loaded_at
    from external_transactions
),

keyed as (
    select
        *,
        source_name || ':' || source_transaction_id as transaction_key,
        source_name || ':' || source_customer_id as source_customer_key,
        source_name || ':' || source_product_id as product_key,
        {{ utc_date('transaction_at') }} as transaction_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from unioned
),

judged as (
    select
        keyed.*,
        customers.customer_id,
        case
            when keyed.transaction_date is null then 'invalid_date'
            when {{ is_implausible_date('keyed.transaction_date') }} then 'implausible_date'
            when keyed.transaction_date > keyed.loaded_date then 'future_date'
            when keyed.transaction_date > as_of.as_of_date then 'after_as_of_date'
            when keyed.status in ({{ text_list(var('uncounted_transaction_statuses')) }})
                then 'cancelled'
            when keyed.amount is null then 'invalid_amount'
            when {{ is_impossible_amount('keyed.amount') }} then 'impossible_amount'
            when keyed.amount < 0 and keyed.has_refunds_as_negatives then 'refund'
            when keyed.amount < 0 then 'negative_amount'
        end as exclusion_reason
    from keyed
    cross join as_of
    left join customers
        on keyed.source_customer_key = customers.source_customer_key
),

transactions as (
    select
        transaction_key,
        source_name,
        channel,
        source_customer_key,
        customer_id,
        source_product_id,
        product_key,
        product_name,
        category,
        transaction_at,
        transaction_date,
        case when not {{ is_impossible_quantity('quantity') }} then quantity end as quantity,
        amount,
        status,
        payment_method,
        campaign,
        exclusion_reason
    from judged
)

select * from transactions
