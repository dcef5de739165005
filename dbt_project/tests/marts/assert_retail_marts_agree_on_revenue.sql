-- Invariant: each retail mart holds all purchases of fct_transactions that it is about, in count
-- and in money: those of all, of known products, in stores, or of known customers and products.
-- A join that doubles or loses rows breaks it, and two reports of one period would differ.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

expected as (
    select
        'all' as scope,
        count(*) as transactions,
        coalesce(sum(amount), 0) as revenue
    from transactions
    union all
    select
        'products' as scope,
        count(*) as transactions,
        coalesce(sum(amount), 0) as revenue
    from transactions
    where product_id is not null
    union all
    select
        'stores' as scope,
        count(*) as transactions,
        coalesce(sum(amount), 0) as revenue
    from transactions
    where store_id is not null
    union all
    select
        'products in stores' as scope,
        count(*) as transactions,
        coalesce(sum(amount), 0) as revenue
    from transactions
    where store_id is not null and product_id is not null
    union all
    select
        'products of customers' as scope,
        count(*) as transactions,
        coalesce(sum(amount), 0) as revenue
    from transactions
    where customer_id is not null and product_id is not null
),

parts as (
    select
        'sales_by_country' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('sales_by_country') }}
    union all
    select
        'country_performance' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('country_performance') }}
    union all
    select
        'category_country_performance' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('category_country_performance') }}
    union all
    select
        'price_segment_analysis' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('price_segment_analysis') }}
    union all
    select
        'seasonal_analysis' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('seasonal_analysis') }}
    union all
    select
        'monthly_sales' as mart,
        'all' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('monthly_sales') }}
    union all
    select
        'product_performance' as mart,
        'products' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('product_performance') }}
    union all
    select
        'store_customer_analysis' as mart,
        'stores' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('store_customer_analysis') }}
    union all
    select
        'store_product_performance' as mart,
        'products in stores' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('store_product_performance') }}
    union all
    select
        'customer_product_affinity' as mart,
        'products of customers' as scope,
        coalesce(sum(transactions), 0) as transactions,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('customer_product_affinity') }}
)

select
    parts.mart,
    parts.transactions,
    expected.transactions as expected_transactions,
    parts.revenue,
    expected.revenue as expected_revenue
from parts
inner join expected
    on parts.scope = expected.scope
where
    parts.transactions <> expected.transactions
    or parts.revenue <> expected.revenue
