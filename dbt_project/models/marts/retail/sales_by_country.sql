-- Grain: one row per country of sale: where the store stands or, without one, the customer lives.
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

located as (
    select
        transactions.transaction_id,
        transactions.customer_id,
        transactions.product_id,
        transactions.store_id,
        transactions.quantity,
        transactions.amount,
        coalesce(
            stores.country_code, customers.country_code, '{{ var('unknown_country_code') }}'
        ) as country_code
    from transactions
    left join stores
        on transactions.store_id = stores.store_id
    left join customers
        on transactions.customer_id = customers.customer_id
),

by_country as (
    select
        country_code,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(distinct store_id) as stores,
        count(distinct product_id) as products,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from located
    group by country_code
),

final as (
    select
        by_country.country_code,
        by_country.transactions,
        by_country.customers,
        by_country.stores,
        by_country.products,
        coalesce(countries.country_name, '{{ var('unknown_name') }}') as country_name,
        coalesce(by_country.quantity, 0) as quantity,
        cast(by_country.revenue as numeric(20, 2)) as revenue,
        cast(
            by_country.revenue / by_country.transactions as numeric(14, 2)
        ) as average_transaction_amount,
        cast(
            by_country.revenue / nullif(sum(by_country.revenue) over (), 0) as numeric(7, 6)
        ) as revenue_share
    from by_country
    left join countries
        on by_country.country_code = countries.country_code
)

select * from final
