-- Grain: one row per sales or product feed, load batch and issue.
-- A negative amount is a defect of the shop's feeds only: the ready feed delivers refunds that way.
with products as (
    select * from {{ ref('stg_shop__products') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

shop_transactions as (
    select * from {{ ref('stg_shop__online_transactions') }}
),

shop_returns as (
    select * from {{ ref('stg_shop__returns') }}
),

external_customers as (
    select * from {{ ref('stg_external__customers') }}
),

external_transactions as (
    select * from {{ ref('stg_external__transactions') }}
),

shop_transactions_matched as (
    select
        shop_transactions.*,
        shop_customers.source_customer_id is null as is_customer_orphan,
        products.product_id is null as is_product_orphan
    from shop_transactions
    left join shop_customers
        on shop_transactions.source_customer_id = shop_customers.source_customer_id
    left join products
        on shop_transactions.product_id = products.product_id
),

shop_returns_matched as (
    select
        shop_returns.*,
        shop_transactions.order_id is null as is_order_orphan
    from shop_returns
    left join shop_transactions
        on shop_returns.order_id = shop_transactions.order_id
),

external_transactions_matched as (
    select
        external_transactions.*,
        external_customers.source_customer_id is null as is_customer_orphan
    from external_transactions
    left join external_customers
        on
            external_transactions.source_name = external_customers.source_name
            and external_transactions.source_customer_id = external_customers.source_customer_id
),

final as (
    select *
    from {{ count_issues('shop.products', 'products', {
        'missing_name': 'product_name is null',
        'unparseable_amount': 'unit_cost is null or unit_price is null',
        'negative_amount': 'unit_cost < 0 or unit_price < 0',
    }) }} as product_issues
    union all
    select *
    from {{ count_issues('shop.online_transactions', 'shop_transactions_matched', {
        'unparseable_date': 'ordered_at is null',
        'future_date': utc_date('ordered_at') ~ ' > ' ~ utc_date('_loaded_at'),
        'unparseable_amount': 'amount is null',
        'negative_amount': 'amount < 0',
        'unparseable_quantity': 'quantity is null',
        'orphan_customer': 'is_customer_orphan',
        'orphan_product': 'is_product_orphan',
    }) }} as transaction_issues
    union all
    select *
    from {{ count_issues('shop.returns', 'shop_returns_matched', {
        'unparseable_date': 'returned_at is null',
        'future_date': utc_date('returned_at') ~ ' > ' ~ utc_date('_loaded_at'),
        'unparseable_amount': 'amount is null',
        'negative_amount': 'amount < 0',
        'orphan_order': 'is_order_orphan',
    }) }} as return_issues
    union all
    select *
    from {{ count_issues('external.transactions', 'external_transactions_matched', {
        'unparseable_date': 'transaction_at is null',
        'future_date': utc_date('transaction_at') ~ ' > ' ~ utc_date('_loaded_at'),
        'unparseable_amount': 'amount is null',
        'unparseable_quantity': 'quantity is null',
        'orphan_customer': 'is_customer_orphan',
    }) }} as external_issues
)

select * from final
