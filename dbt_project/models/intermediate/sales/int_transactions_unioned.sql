-- Grain: one row per transaction that any system delivered, whether it counts or not.
-- One branch per feed, with the keys by which the feed knows customer, product and store: a till
-- reads the shop's customer card and sells the shop's goods. What counts is judged once, for all.
-- A view, as int_transactions_judged keeps every row of it.
{{ config(materialized='view') }}

with shop_transactions as (
    select * from {{ ref('stg_shop__online_transactions') }}
),

dealership_transactions as (
    select * from {{ ref('int_dealership_transactions_unioned') }}
),

instore_transactions as (
    select * from {{ ref('stg_stores__instore_transactions') }}
),

retail_api_transactions as (
    select * from {{ ref('int_retail_api_transactions_priced') }}
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
        'stores:' || transaction_id as transaction_key,
        'stores' as source_name,
        'store' as channel,
        'shop:' || source_customer_id as source_customer_key,
        'shop' as product_source_name,
        product_id as source_product_id,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        store_id as source_store_id,
        transaction_at,
        quantity,
        amount,
        cast(null as {{ dbt.type_string() }}) as status,
        payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        false as has_refunds_as_negatives,
        _loaded_at
    from instore_transactions
    union all
    select
        'retail_api:' || transaction_id as transaction_key,
        'retail_api' as source_name,
        'retail_api' as channel,
        'retail_api:' || source_customer_id as source_customer_key,
        'retail_api' as product_source_name,
        product_id as source_product_id,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        store_id as source_store_id,
        transaction_at,
        quantity,
        amount,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        false as has_refunds_as_negatives,
        _loaded_at
    from retail_api_transactions
    union all
    select
        transaction_key,
        source_name,
        channel,
        source_customer_key,
        product_source_name,
        source_product_id,
        product_name,
        category,
        source_store_id,
        transaction_at,
        quantity,
        amount,
        status,
        payment_method,
        campaign,
        has_refunds_as_negatives,
        _loaded_at
    from dealership_transactions
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
