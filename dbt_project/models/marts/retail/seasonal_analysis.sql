-- Grain: one row per season, of all years together, and category in which something was sold.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

dated as (
    select
        transactions.customer_id,
        transactions.quantity,
        transactions.amount,
        dates.season,
        dates.year_number,
        coalesce(products.category, '{{ var('unknown_name') }}') as category
    from transactions
    inner join dates
        on transactions.transaction_date = dates.date_day
    left join products
        on transactions.product_id = products.product_id
),

by_season as (
    select
        season,
        category,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        count(distinct year_number) as calendar_years,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from dated
    group by season, category
),

final as (
    select
        season,
        category,
        transactions,
        customers,
        calendar_years,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / transactions as numeric(14, 2)) as average_transaction_amount,
        cast(
            revenue / nullif(sum(revenue) over (partition by category), 0) as numeric(7, 6)
        ) as category_revenue_share,
        coalesce(quantity, 0) as quantity
    from by_season
)

select * from final
