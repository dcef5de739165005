-- Grain: one row per product, sold or not.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

returns as (
    select * from {{ ref('fct_returns') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

sold as (
    select
        product_id,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(customer_id) as identified_transactions,
        count(distinct store_id) as stores,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from transactions
    group by product_id
),

returned as (
    select
        product_id,
        count(*) as returns,
        sum(amount) as refunded_amount
    from returns
    group by product_id
),

measured as (
    select
        products.product_id,
        products.product_name,
        products.source_name,
        products.unit_price,
        products.unit_cost,
        coalesce(products.category, '{{ var('unknown_name') }}') as category,
        coalesce(sold.transactions, 0) as transactions,
        coalesce(sold.customers, 0) as customers,
        coalesce(sold.identified_transactions, 0) as identified_transactions,
        coalesce(sold.stores, 0) as stores,
        coalesce(sold.quantity, 0) as quantity,
        coalesce(sold.revenue, 0) as revenue,
        coalesce(returned.returns, 0) as returns,
        coalesce(returned.refunded_amount, 0) as refunded_amount
    from products
    left join sold
        on products.product_id = sold.product_id
    left join returned
        on products.product_id = returned.product_id
),

final as (
    select
        product_id,
        product_name,
        category,
        source_name,
        unit_price,
        transactions,
        customers,
        stores,
        quantity,
        returns,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(refunded_amount as numeric(20, 2)) as refunded_amount,
        cast(revenue - refunded_amount as numeric(20, 2)) as net_revenue,
        cast(revenue - unit_cost * quantity as numeric(20, 2)) as gross_profit,
        cast(
            revenue / nullif(transactions, 0) as numeric(14, 2)
        ) as average_transaction_amount,
        cast(
            identified_transactions * 1.0 / nullif(customers, 0) as numeric(14, 4)
        ) as transactions_per_customer,
        cast(
            revenue / nullif(sum(revenue) over (partition by category), 0) as numeric(7, 6)
        ) as category_revenue_share,
        rank() over (order by revenue desc nulls last) as revenue_rank
    from measured
)

select * from final
