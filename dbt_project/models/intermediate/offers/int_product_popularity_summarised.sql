-- Grain: one row per named product that somebody has bought, with its rank among all and in its
-- category. A product without a name is left out: nobody can offer a bare id.
with customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

products as (
    select * from {{ ref('int_products_unioned') }}
),

buyers_counted as (
    select
        product_id,
        count(*) as customers
    from customer_products
    group by product_id
),

named as (
    select
        buyers_counted.product_id,
        products.product_name,
        products.category,
        buyers_counted.customers
    from buyers_counted
    inner join products
        on buyers_counted.product_id = products.product_key
    where products.product_name is not null
),

ranked as (
    select
        *,
        row_number() over (order by customers desc nulls last, product_id asc nulls last)
            as popularity_rank,
        row_number() over (
            partition by category
            order by customers desc nulls last, product_id asc nulls last
        ) as category_rank
    from named
)

select * from ranked
