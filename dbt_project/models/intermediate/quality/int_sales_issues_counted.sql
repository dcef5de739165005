-- Grain: one row per sales or product feed, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue: the ready feed, for one, delivers refunds as
-- negative amounts.
{% set issues = [
    'missing_name', 'unparseable_date', 'implausible_date', 'future_date', 'unparseable_amount',
    'impossible_amount', 'negative_amount', 'unparseable_quantity', 'impossible_quantity',
    'orphan_customer', 'orphan_product', 'orphan_order',
] %}

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

judged as (
    select
        'shop.products' as feed,
        _batch_id,
        product_name is null as missing_name,
        cast(null as boolean) as unparseable_date,
        cast(null as boolean) as implausible_date,
        cast(null as boolean) as future_date,
        unit_cost is null or unit_price is null as unparseable_amount,
        {{ is_impossible_amount('unit_cost') }} or {{ is_impossible_amount('unit_price') }}
            as impossible_amount,
        coalesce(unit_cost < 0 or unit_price < 0, false) as negative_amount,
        cast(null as boolean) as unparseable_quantity,
        cast(null as boolean) as impossible_quantity,
        cast(null as boolean) as orphan_customer,
        cast(null as boolean) as orphan_product,
        cast(null as boolean) as orphan_order
    from products
    union all
    select
        'shop.online_transactions' as feed,
        shop_transactions._batch_id,
        cast(null as boolean) as missing_name,
        shop_transactions.ordered_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('shop_transactions.ordered_at')) }} as implausible_date,
        {{ is_future_date('shop_transactions.ordered_at', 'shop_transactions._loaded_at') }}
            as future_date,
        shop_transactions.amount is null as unparseable_amount,
        {{ is_impossible_amount('shop_transactions.amount') }} as impossible_amount,
        coalesce(shop_transactions.amount < 0, false) as negative_amount,
        shop_transactions.quantity is null as unparseable_quantity,
        {{ is_impossible_quantity('shop_transactions.quantity') }} as impossible_quantity,
        shop_customers.source_customer_id is null as orphan_customer,
        products.product_id is null as orphan_product,
        cast(null as boolean) as orphan_order
    from shop_transactions
    left join shop_customers
        on shop_transactions.source_customer_id = shop_customers.source_customer_id
    left join products
        on shop_transactions.product_id = products.product_id
    union all
    select
        'shop.returns' as feed,
        shop_returns._batch_id,
        cast(null as boolean) as missing_name,
        shop_returns.returned_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('shop_returns.returned_at')) }} as implausible_date,
        {{ is_future_date('shop_returns.returned_at', 'shop_returns._loaded_at') }} as future_date,
        shop_returns.amount is null as unparseable_amount,
        {{ is_impossible_amount('shop_returns.amount') }} as impossible_amount,
        coalesce(shop_returns.amount < 0, false) as negative_amount,
        cast(null as boolean) as unparseable_quantity,
        cast(null as boolean) as impossible_quantity,
        cast(null as boolean) as orphan_customer,
        cast(null as boolean) as orphan_product,
        shop_transactions.order_id is null as orphan_order
    from shop_returns
    left join shop_transactions
        on shop_returns.order_id = shop_transactions.order_id
    union all
    select
        'external.transactions' as feed,
        external_transactions._batch_id,
        cast(null as boolean) as missing_name,
        external_transactions.transaction_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('external_transactions.transaction_at')) }}
            as implausible_date,
        {{
            is_future_date(
                'external_transactions.transaction_at', 'external_transactions._loaded_at'
            )
        }} as future_date,
        external_transactions.amount is null as unparseable_amount,
        {{ is_impossible_amount('external_transactions.amount') }} as impossible_amount,
        cast(null as boolean) as negative_amount,
        external_transactions.quantity is null as unparseable_quantity,
        {{ is_impossible_quantity('external_transactions.quantity') }} as impossible_quantity,
        external_customers.source_customer_id is null as orphan_customer,
        cast(null as boolean) as orphan_product,
        cast(null as boolean) as orphan_order
    from external_transactions
    left join external_customers
        on
            external_transactions.source_name = external_customers.source_name
            and external_transactions.source_customer_id = external_customers.source_customer_id
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
