-- Grain: one row per country in which customers live and category that they bought.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

countries as (
    select * from {{ ref('countries') }}
),

sales as (
    select
        transactions.customer_id,
        transactions.product_id,
        transactions.store_id,
        transactions.quantity,
        transactions.amount,
        coalesce(customers.country_code, '{{ var('unknown_country_code') }}') as country_code,
        coalesce(products.category, '{{ var('unknown_name') }}') as category
    from transactions
    left join customers
        on transactions.customer_id = customers.customer_id
    left join products
        on transactions.product_id = products.product_id
),

by_category as (
    select
        country_code,
        category,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(distinct store_id) as stores,
        count(distinct product_id) as products,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from sales
    group by country_code, category
),

final as (
    select
        by_category.country_code,
        by_category.category,
        by_category.transactions,
        by_category.customers,
        by_category.stores,
        by_category.products,
        coalesce(countries.country_name, '{{ var('unknown_name') }}') as country_name,
        coalesce(by_category.quantity, 0) as quantity,
        cast(by_category.revenue as numeric(20, 2)) as revenue,
        cast(
            by_category.revenue / by_category.transactions as numeric(14, 2)
        ) as average_transaction_amount,
        cast(
            by_category.revenue
            / nullif(sum(by_category.revenue) over (partition by by_category.country_code), 0)
            as numeric(7, 6)
        ) as country_revenue_share,
        rank() over (
            partition by by_category.country_code
            order by by_category.revenue desc nulls last
        ) as revenue_rank
    from by_category
    left join countries
        on by_category.country_code = countries.country_code
)

select * from final
