-- Grain: one row per country in which a customer lives or a store stands.
-- Sales stand where the customer lives, wherever they bought; sales_by_country has them by place.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

stores as (
    select * from {{ ref('dim_stores') }}
),

countries as (
    select * from {{ ref('countries') }}
),

homes as (
    select
        customer_id,
        coalesce(country_code, '{{ var('unknown_country_code') }}') as country_code
    from customers
),

customers_by_country as (
    select
        country_code,
        count(*) as customers
    from homes
    group by country_code
),

stores_by_country as (
    select
        coalesce(country_code, '{{ var('unknown_country_code') }}') as country_code,
        count(*) as stores
    from stores
    group by coalesce(country_code, '{{ var('unknown_country_code') }}')
),

sales_at_home as (
    select
        transactions.customer_id,
        transactions.product_id,
        transactions.quantity,
        transactions.amount,
        coalesce(homes.country_code, '{{ var('unknown_country_code') }}') as country_code
    from transactions
    left join homes
        on transactions.customer_id = homes.customer_id
),

sales_by_country as (
    select
        country_code,
        count(*) as transactions,
        count(distinct customer_id) as buyers,
        count(distinct product_id) as products,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from sales_at_home
    group by country_code
),

country_codes as (
    select country_code from customers_by_country
    union
    select country_code from stores_by_country
    union
    select country_code from sales_by_country
),

final as (
    select
        country_codes.country_code,
        coalesce(countries.country_name, '{{ var('unknown_name') }}') as country_name,
        coalesce(customers_by_country.customers, 0) as customers,
        coalesce(sales_by_country.buyers, 0) as buyers,
        coalesce(stores_by_country.stores, 0) as stores,
        coalesce(sales_by_country.transactions, 0) as transactions,
        coalesce(sales_by_country.products, 0) as products,
        coalesce(sales_by_country.quantity, 0) as quantity,
        cast(coalesce(sales_by_country.revenue, 0) as numeric(20, 2)) as revenue,
        cast(
            sales_by_country.revenue / sales_by_country.transactions as numeric(14, 2)
        ) as average_transaction_amount,
        cast(
            sales_by_country.revenue / nullif(sales_by_country.buyers, 0) as numeric(20, 2)
        ) as revenue_per_buyer,
        cast(
            coalesce(sales_by_country.buyers, 0) * 1.0 / customers_by_country.customers
            as numeric(7, 6)
        ) as buyer_share
    from country_codes
    left join countries
        on country_codes.country_code = countries.country_code
    left join customers_by_country
        on country_codes.country_code = customers_by_country.country_code
    left join stores_by_country
        on country_codes.country_code = stores_by_country.country_code
    left join sales_by_country
        on country_codes.country_code = sales_by_country.country_code
)

select * from final
