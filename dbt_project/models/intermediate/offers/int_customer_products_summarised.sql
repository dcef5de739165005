-- Grain: one row per customer and product that the customer has bought.
-- The recency rank lets a reader look at a customer's latest products only: pairs of products grow
-- with the square of how many are looked at.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

products as (
    select * from {{ ref('int_products_unioned') }}
),

bought as (
    select
        customer_id,
        product_key,
        count(*) as orders,
        sum(quantity) as units,
        sum(amount) as gross_spend,
        min(transaction_date) as first_purchase_date,
        max(transaction_date) as last_purchase_date
    from transactions
    where
        exclusion_reason is null
        and customer_id is not null
        and product_key is not null
    group by customer_id, product_key
),

ranked as (
    select
        bought.customer_id,
        bought.product_key as product_id,
        products.category,
        bought.orders,
        bought.units,
        bought.gross_spend,
        bought.first_purchase_date,
        bought.last_purchase_date,
        row_number() over (
            partition by bought.customer_id
            order by
                bought.last_purchase_date desc nulls last,
                bought.orders desc nulls last,
                bought.product_key asc nulls last
        ) as recency_rank
    from bought
    left join products
        on bought.product_key = products.product_key
)

select * from ranked
