-- Grain: one row per ordered pair of products that enough customers have both bought.
with pairs as (
    select * from {{ ref('int_product_pairs_summarised') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

final as (
    select
        pairs.product_id,
        pairs.offered_product_id,
        products.product_name,
        products.category,
        offered.product_name as offered_product_name,
        offered.category as offered_category,
        pairs.customers,
        pairs.offered_customers,
        pairs.customers_with_both,
        pairs.baskets,
        pairs.rule_rank,
        cast(pairs.support_share as numeric(9, 8)) as support_share,
        cast(pairs.confidence_share as numeric(7, 6)) as confidence_share,
        cast(pairs.lift as numeric(16, 4)) as lift
    from pairs
    left join products
        on pairs.product_id = products.product_id
    left join products as offered
        on pairs.offered_product_id = offered.product_id
)

select * from final
