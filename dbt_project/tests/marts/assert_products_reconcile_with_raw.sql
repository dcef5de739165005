-- Invariant: staging holds the last delivered version of each product in raw, in count, in cost and
-- in price, however many loads it took.
-- An incremental run that misses a late delivery, or keeps an old version, breaks it. So does
-- each row whose key is blank: the loader should have set it aside, as staging has no room for it.
with deliveries as (
    select
        cost,
        price,
        _batch_id,
        _line,
        {{ clean_text('product_id') }} as delivered_key
    from {{ source('shop', 'products') }}
),

versions as (
    select
        cost,
        price,
        delivered_key,
        row_number() over (
            partition by delivered_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from deliveries
),

delivered as (
    select
        count(*) as delivered_rows,
        coalesce(sum({{ parse_money('cost') }}), 0) as delivered_cost,
        coalesce(sum({{ parse_money('price') }}), 0) as delivered_price
    from versions
    where recency = 1 or delivered_key is null
),

staged as (
    select
        count(*) as staged_rows,
        coalesce(sum(unit_cost), 0) as staged_cost,
        coalesce(sum(unit_price), 0) as staged_price
    from {{ ref('stg_shop__products') }}
),

compared as (
    select
        staged.staged_rows,
        delivered.delivered_rows,
        staged.staged_cost,
        delivered.delivered_cost,
        staged.staged_price,
        delivered.delivered_price
    from staged
    cross join delivered
)

select *
from compared
where
    staged_rows <> delivered_rows
    or staged_cost <> delivered_cost
    or staged_price <> delivered_price
