-- Grain: one row per product that a catalogue or any transaction names.
-- A catalogue outranks what transactions say of a product. One that only transactions know keeps
-- its key, so that no sale loses its product. Two systems sell the same product under ids of their
-- own: what has the same name, and no other category, is one product to whoever owns it.
with shop_products as (
    select * from {{ ref('stg_shop__products') }}
),

retail_api_products as (
    select * from {{ ref('stg_retail_api__products') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

catalogues as (
    select
        'shop' as source_name,
        product_id as source_product_id,
        product_name,
        category,
        unit_cost,
        unit_price
    from shop_products
    union all
    select
        'retail_api' as source_name,
        product_id as source_product_id,
        product_name,
        category,
        cast(null as numeric(14, 2)) as unit_cost,
        unit_price
    from retail_api_products
),

mentions as (
    select
        source_name || ':' || source_product_id as product_key,
        source_name,
        source_product_id,
        product_name,
        category,
        case when not {{ is_impossible_amount('unit_cost') }} then unit_cost end as unit_cost,
        case when not {{ is_impossible_amount('unit_price') }} then unit_price end as unit_price,
        true as is_in_catalogue,
        1 as source_priority,
        cast(null as {{ dbt.type_string() }}) as transaction_key
    from catalogues
    union all
    select
        product_key,
        product_source_name as source_name,
        source_product_id,
        product_name,
        category,
        cast(null as numeric(14, 2)) as unit_cost,
        cast(null as numeric(14, 2)) as unit_price,
        false as is_in_catalogue,
        case when product_name is null then 3 else 2 end as source_priority,
        transaction_key
    from transactions
    where product_key is not null
),

mentions_ranked as (
    select
        *,
        row_number() over (
            partition by product_key
            order by source_priority asc, transaction_key desc nulls last
        ) as preference
    from mentions
),

preferred as (
    select
        *,
        {{ comparable_text('product_name') }} as comparable_name,
        {{ comparable_text('category') }} as comparable_category
    from mentions_ranked
    where preference = 1
),

comparable as (
    select
        *,
        coalesce(
            comparable_category, min(comparable_category) over (partition by comparable_name)
        ) as likely_category
    from preferred
),

products as (
    select
        product_key,
        source_name,
        source_product_id,
        product_name,
        category,
        unit_cost,
        unit_price,
        is_in_catalogue,
        case
            when comparable_name is null then product_key
            else first_value(product_key) over (
                partition by comparable_name, likely_category
                order by
                    source_priority asc,
                    case when unit_price is null then 1 else 0 end asc,
                    product_key asc
            )
        end as canonical_product_key
    from comparable
)

select * from products
