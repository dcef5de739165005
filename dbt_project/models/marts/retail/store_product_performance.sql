-- Grain: one row per store and product that it sold.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

stores as (
    select * from {{ ref('dim_stores') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

sold as (
    select
        store_id,
        product_id,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(customer_id) as identified_transactions,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from transactions
    where store_id is not null and product_id is not null
    group by store_id, product_id
),

final as (
    select
        sold.store_id,
        sold.product_id,
        stores.store_name,
        stores.country_code,
        products.product_name,
        sold.transactions,
        sold.customers,
        coalesce(products.category, '{{ var('unknown_name') }}') as category,
        coalesce(sold.quantity, 0) as quantity,
        cast(sold.revenue as numeric(20, 2)) as revenue,
        cast(
            sold.identified_transactions * 1.0 / nullif(sold.customers, 0) as numeric(14, 4)
        ) as transactions_per_customer,
        cast(
            sold.revenue / nullif(sum(sold.revenue) over (partition by sold.store_id), 0)
            as numeric(7, 6)
        ) as store_revenue_share,
        rank() over (
            partition by sold.store_id order by sold.revenue desc nulls last
        ) as revenue_rank
    from sold
    inner join stores
        on sold.store_id = stores.store_id
    inner join products
        on sold.product_id = products.product_id
)

select * from final
