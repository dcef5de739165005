-- Invariant: per catalogue, staging holds the last delivered version of each product in raw, in
-- count, in cost and in price, however many loads it took.
-- An incremental run that misses a late delivery, or keeps an old version, breaks it. So does
-- each row whose key is blank: the loader should have set it aside, as staging has no room for it.
with deliveries as (
    select
        'shop.products' as feed,
        cost as cost_given,
        price as price_given,
        _batch_id,
        _line,
        {{ clean_text('product_id') }} as delivered_key
    from {{ source('shop', 'products') }}
    union all
    select
        'retail_api.products' as feed,
        cast(null as {{ dbt.type_string() }}) as cost_given,
        price as price_given,
        _batch_id,
        _line,
        {{ clean_text('product_id') }} as delivered_key
    from {{ source('retail_api', 'products') }}
),

versions as (
    select
        feed,
        cost_given,
        price_given,
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
        coalesce(sum({{ parse_money('cost_given') }}), 0) as delivered_cost,
        coalesce(sum({{ parse_money('price_given') }}), 0) as delivered_price
    from versions
    where recency = 1 or delivered_key is null
    group by feed
),

staged as (
    select
        'shop.products' as feed,
        count(*) as staged_rows,
        coalesce(sum(unit_cost), 0) as staged_cost,
        coalesce(sum(unit_price), 0) as staged_price
    from {{ ref('stg_shop__products') }}
    union all
    select
        'retail_api.products' as feed,
        count(*) as staged_rows,
        0 as staged_cost,
        coalesce(sum(unit_price), 0) as staged_price
    from {{ ref('stg_retail_api__products') }}
),

compared as (
    select
        staged.feed,
        staged.staged_rows,
        staged.staged_cost,
        staged.staged_price,
        coalesce(delivered.delivered_rows, 0) as delivered_rows,
        coalesce(delivered.delivered_cost, 0) as delivered_cost,
        coalesce(delivered.delivered_price, 0) as delivered_price
    from staged
    left join delivered
        on staged.feed = delivered.feed
)

select *
from compared
where
    staged_rows <> delivered_rows
    or staged_cost <> delivered_cost
    or staged_price <> delivered_price
