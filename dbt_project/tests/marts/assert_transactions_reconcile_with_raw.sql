-- Invariant: per feed of transactions, returns, points and support contacts, staging holds the last
-- delivered version of each key in raw, in count and in sum, however many loads it took.
-- An incremental run that misses a late delivery, or keeps an old version, breaks it. So does
-- each row whose key is blank: the loader should have set it aside, as staging has no room for it.
with deliveries as (
    select
        'shop.online_transactions' as feed,
        amount,
        _batch_id,
        _line,
        {{ clean_text('order_id') }} as delivered_key
    from {{ source('shop', 'online_transactions') }}
    union all
    select
        'shop.returns' as feed,
        amount,
        _batch_id,
        _line,
        {{ clean_text('return_id') }} as delivered_key
    from {{ source('shop', 'returns') }}
    union all
    select
        'dealership.vehicle_sales' as feed,
        sale_price as amount,
        _batch_id,
        _line,
        {{ clean_text('sale_id') }} as delivered_key
    from {{ source('dealership', 'vehicle_sales') }}
    union all
    select
        'dealership.service_records' as feed,
        service_amount as amount,
        _batch_id,
        _line,
        {{ clean_text('service_id') }} as delivered_key
    from {{ source('dealership', 'service_records') }}
    union all
    select
        'salesforce.opportunities' as feed,
        amount,
        _batch_id,
        _line,
        {{ clean_text('id') }} as delivered_key
    from {{ source('salesforce', 'opportunities') }}
    union all
    select
        'loyalty.loyalty_transactions' as feed,
        points_change as amount,
        _batch_id,
        _line,
        {{ clean_text('loyalty_transaction_id') }} as delivered_key
    from {{ source('loyalty', 'loyalty_transactions') }}
    union all
    select
        'support.service_interactions' as feed,
        satisfaction as amount,
        _batch_id,
        _line,
        {{ clean_text('interaction_id') }} as delivered_key
    from {{ source('support', 'service_interactions') }}
    union all
    select
        'stores.instore_transactions' as feed,
        amount,
        _batch_id,
        _line,
        {{ clean_text('transaction_id') }} as delivered_key
    from {{ source('stores', 'instore_transactions') }}
    union all
    select
        'retail_api.transactions' as feed,
        cast(null as {{ dbt.type_string() }}) as amount,
        _batch_id,
        _line,
        {{ clean_text('transaction_id') }} as delivered_key
    from {{ source('retail_api', 'transactions') }}
    union all
    select
        'external.transactions' as feed,
        amount,
        _batch_id,
        _line,
        {{ external_source_name('source') }} || ':' || {{ clean_text('transaction_id') }}
            as delivered_key
    from {{ source('external', 'transactions') }}
),

versions as (
    select
        feed,
        amount,
        delivered_key,
        row_number() over (
            partition by feed, delivered_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from deliveries
),

delivered as (
    select
        feed,
        count(*) as delivered_rows,
        coalesce(sum({{ parse_money('amount') }}), 0) as delivered_amount
    from versions
    where recency = 1 or delivered_key is null
    group by feed
),

staged as (
    select
        'shop.online_transactions' as feed,
        count(*) as staged_rows,
        sum(amount) as staged_amount
    from {{ ref('stg_shop__online_transactions') }}
    union all
    select
        'shop.returns' as feed,
        count(*) as staged_rows,
        sum(amount) as staged_amount
    from {{ ref('stg_shop__returns') }}
    union all
    select
        'dealership.vehicle_sales' as feed,
        count(*) as staged_rows,
        sum(sale_price) as staged_amount
    from {{ ref('stg_dealership__vehicle_sales') }}
    union all
    select
        'dealership.service_records' as feed,
        count(*) as staged_rows,
        sum(service_amount) as staged_amount
    from {{ ref('stg_dealership__service_records') }}
    union all
    select
        'salesforce.opportunities' as feed,
        count(*) as staged_rows,
        sum(amount) as staged_amount
    from {{ ref('stg_salesforce__opportunities') }}
    union all
    select
        'loyalty.loyalty_transactions' as feed,
        count(*) as staged_rows,
        sum(points_change) as staged_amount
    from {{ ref('stg_loyalty__loyalty_transactions') }}
    union all
    select
        'support.service_interactions' as feed,
        count(*) as staged_rows,
        sum(satisfaction) as staged_amount
    from {{ ref('stg_support__service_interactions') }}
    union all
    select
        'stores.instore_transactions' as feed,
        count(*) as staged_rows,
        sum(amount) as staged_amount
    from {{ ref('stg_stores__instore_transactions') }}
    union all
    select
        'retail_api.transactions' as feed,
        count(*) as staged_rows,
        cast(null as numeric(14, 2)) as staged_amount
    from {{ ref('stg_retail_api__transactions') }}
    union all
    select
        'external.transactions' as feed,
        count(*) as staged_rows,
        sum(amount) as staged_amount
    from {{ ref('stg_external__transactions') }}
),

compared as (
    select
        staged.feed,
        staged.staged_rows,
        coalesce(delivered.delivered_rows, 0) as delivered_rows,
        coalesce(staged.staged_amount, 0) as staged_amount,
        coalesce(delivered.delivered_amount, 0) as delivered_amount
    from staged
    left join delivered
        on staged.feed = delivered.feed
)

select *
from compared
where
    staged_rows <> delivered_rows
    or staged_amount <> delivered_amount
