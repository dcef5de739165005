-- Grain: one row per feed of sales in stores, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue: the partner's system keeps no amounts.
{% set issues = [
    'unparseable_date', 'implausible_date', 'future_date', 'unparseable_amount',
    'impossible_amount', 'negative_amount', 'unparseable_quantity', 'impossible_quantity',
    'orphan_customer', 'orphan_product', 'orphan_store',
] %}

with instore_transactions as (
    select * from {{ ref('stg_stores__instore_transactions') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

shop_products as (
    select * from {{ ref('stg_shop__products') }}
),

company_stores as (
    select * from {{ ref('stg_stores__stores') }}
),

retail_api_transactions as (
    select * from {{ ref('stg_retail_api__transactions') }}
),

retail_api_customers as (
    select * from {{ ref('stg_retail_api__customers') }}
),

retail_api_products as (
    select * from {{ ref('stg_retail_api__products') }}
),

retail_api_stores as (
    select * from {{ ref('stg_retail_api__stores') }}
),

unioned as (
    select
        'stores.instore_transactions' as feed,
        instore_transactions._batch_id,
        instore_transactions._loaded_at,
        instore_transactions.transaction_at,
        instore_transactions.quantity,
        instore_transactions.amount,
        true as has_amounts,
        shop_customers.source_customer_id is null as orphan_customer,
        shop_products.product_id is null as orphan_product,
        company_stores.store_id is null as orphan_store
    from instore_transactions
    left join shop_customers
        on instore_transactions.source_customer_id = shop_customers.source_customer_id
    left join shop_products
        on instore_transactions.product_id = shop_products.product_id
    left join company_stores
        on instore_transactions.store_id = company_stores.store_id
    union all
    select
        'retail_api.transactions' as feed,
        retail_api_transactions._batch_id,
        retail_api_transactions._loaded_at,
        retail_api_transactions.transaction_at,
        retail_api_transactions.quantity,
        cast(null as numeric(14, 2)) as amount,
        false as has_amounts,
        retail_api_customers.source_customer_id is null as orphan_customer,
        retail_api_products.product_id is null as orphan_product,
        retail_api_stores.store_id is null as orphan_store
    from retail_api_transactions
    left join retail_api_customers
        on retail_api_transactions.source_customer_id = retail_api_customers.source_customer_id
    left join retail_api_products
        on retail_api_transactions.product_id = retail_api_products.product_id
    left join retail_api_stores
        on retail_api_transactions.store_id = retail_api_stores.store_id
),

judged as (
    select
        feed,
        _batch_id,
        transaction_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('transaction_at')) }} as implausible_date,
        {{ is_future_date('transaction_at', '_loaded_at') }} as future_date,
        case when has_amounts then amount is null end as unparseable_amount,
        case when has_amounts then {{ is_impossible_amount('amount') }} end as impossible_amount,
        case when has_amounts then coalesce(amount < 0, false) end as negative_amount,
        quantity is null as unparseable_quantity,
        {{ is_impossible_quantity('quantity') }} as impossible_quantity,
        orphan_customer,
        orphan_product,
        orphan_store
    from unioned
),

counted as (
    select
        feed,
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, _batch_id
),

named as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
),

final as (
    select * from named
    where defect_rows is not null
)

select * from final
