-- Grain: one row per product that a catalogue or any transaction names.
with products as (
    select * from {{ ref('int_products_unioned') }}
),

final as (
    select
        product_key as product_id,
        source_name,
        source_product_id,
        product_name,
        category,
        unit_cost,
        unit_price,
        is_in_catalogue,
        canonical_product_key as canonical_product_id,
        unit_price - unit_cost as unit_margin
    from products
)

select * from final
