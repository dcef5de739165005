-- Grain: one row per customer and product that the customer has bought, from whichever system.
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
        transactions.customer_id,
        products.canonical_product_key as product_key,
        count(*) as orders,
        sum(transactions.quantity) as units,
        sum(transactions.amount) as gross_spend,
        min(transactions.transaction_date) as first_purchase_date,
        max(transactions.transaction_date) as last_purchase_date
    from transactions
    inner join products
        on transactions.product_key = products.product_key
    where
        transactions.exclusion_reason is null
        and transactions.customer_id is not null
        and transactions.channel not in ({{ text_list(var('offer_excluded_channels')) }})
    group by transactions.customer_id, products.canonical_product_key
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
    inner join products
        on bought.product_key = products.product_key
)

select * from ranked
