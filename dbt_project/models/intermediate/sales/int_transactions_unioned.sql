-- Grain: one row per transaction that any system delivered, whether it counts or not.
-- One branch per feed, with the keys by which the feed knows customer, product and store: a till
-- reads the shop's customer card and sells the shop's goods. What counts is judged once, for all.
-- A view, as int_transactions_judged keeps every row of it.
{{ config(materialized='view') }}

with shop_transactions as (
    select * from {{ ref('stg_shop__online_transactions') }}
),

external_transactions as (
    select * from {{ ref('stg_external__transactions') }}
),

unioned as (
    select
        'shop:' || order_id as transaction_key,
        'shop' as source_name,
        'online' as channel,
        'shop:' || source_customer_id as source_customer_key,
        'shop' as product_source_name,
        product_id as source_product_id,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as {{ dbt.type_string() }}) as source_store_id,
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
        source_name || ':' || transaction_id as transaction_key,
        source_name,
        channel,
        source_name || ':' || source_customer_id as source_customer_key,
        source_name as product_source_name,
        product_id as source_product_id,
        product_name,
        category,
        cast(null as {{ dbt.type_string() }}) as source_store_id,
        transaction_at,
        quantity,
        amount,
        status,
        payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        true as has_refunds_as_negatives,
        _loaded_at
    from external_transactions
)

select * from unioned
