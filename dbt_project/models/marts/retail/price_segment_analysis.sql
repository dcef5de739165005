-- Grain: one row per price segment and category in which something was sold.
-- The price is the list price, so that a discount moves no product to another segment; where there
-- is none it is what was paid for one unit.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

segments as (
    select
        price_segment,
        minimum_price,
        lead(minimum_price) over (order by minimum_price asc nulls first) as next_minimum_price
    from {{ ref('price_segments') }}
),

priced as (
    select
        transactions.customer_id,
        transactions.product_id,
        transactions.quantity,
        transactions.amount,
        coalesce(products.category, '{{ var('unknown_name') }}') as category,
        coalesce(
            products.unit_price,
            case
                when transactions.quantity > 0 then transactions.amount / transactions.quantity
            end
        ) as price
    from transactions
    left join products
        on transactions.product_id = products.product_id
),

segmented as (
    select
        priced.customer_id,
        priced.product_id,
        priced.quantity,
        priced.amount,
        priced.category,
        coalesce(segments.price_segment, '{{ var('unknown_name') }}') as price_segment
    from priced
    left join segments
        on
            (priced.price >= segments.minimum_price or segments.minimum_price is null)
            and (
                priced.price < segments.next_minimum_price
                or (segments.next_minimum_price is null and priced.price is not null)
            )
),

by_segment as (
    select
        price_segment,
        category,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(distinct product_id) as products,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from segmented
    group by price_segment, category
),

final as (
    select
        price_segment,
        category,
        transactions,
        customers,
        products,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / transactions as numeric(14, 2)) as average_transaction_amount,
        cast(
            revenue / nullif(sum(revenue) over (partition by category), 0) as numeric(7, 6)
        ) as category_revenue_share,
        coalesce(quantity, 0) as quantity
    from by_segment
)

select * from final
