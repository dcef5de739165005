-- Grain: one row per customer and product that the customer bought.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

bought as (
    select
        customer_id,
        product_id,
        count(*) as transactions,
        sum(quantity) as quantity,
        sum(amount) as revenue,
        min(transaction_date) as first_purchase_date,
        max(transaction_date) as last_purchase_date
    from transactions
    where customer_id is not null and product_id is not null
    group by customer_id, product_id
),

final as (
    select
        bought.customer_id,
        bought.product_id,
        products.product_name,
        bought.transactions,
        bought.first_purchase_date,
        bought.last_purchase_date,
        coalesce(products.category, '{{ var('unknown_name') }}') as category,
        coalesce(bought.quantity, 0) as quantity,
        cast(bought.revenue as numeric(20, 2)) as revenue,
        cast(
            bought.transactions * 1.0
            / sum(bought.transactions) over (partition by bought.customer_id) as numeric(7, 6)
        ) as transaction_share,
        row_number() over (
            partition by bought.customer_id
            order by
                bought.transactions desc nulls last,
                bought.revenue desc nulls last,
                bought.last_purchase_date desc nulls last,
                bought.product_id asc nulls last
        ) as affinity_rank
    from bought
    inner join products
        on bought.product_id = products.product_id
)

select * from final
