-- Grain: one row per sale of the partner's system, with the amount that the system does not keep.
-- The price is the one that the product has now, as the system keeps no older ones. What is beyond
-- the bounds of one price or quantity has no amount, so that no product of the two can overflow.
with transactions as (
    select * from {{ ref('stg_retail_api__transactions') }}
),

products as (
    select * from {{ ref('stg_retail_api__products') }}
),

priced as (
    select
        transactions.transaction_id,
        transactions.source_customer_id,
        transactions.product_id,
        transactions.store_id,
        transactions.transaction_at,
        transactions.quantity,
        products.unit_price,
        transactions._batch_id,
        transactions._loaded_at,
        case
            when
                not {{ is_impossible_amount('products.unit_price') }}
                and not {{ is_impossible_quantity('transactions.quantity') }}
                then cast(products.unit_price * transactions.quantity as numeric(14, 2))
        end as amount
    from transactions
    left join products
        on transactions.product_id = products.product_id
)

select * from priced
