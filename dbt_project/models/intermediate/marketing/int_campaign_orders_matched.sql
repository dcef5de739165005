-- Grain: one row per visit whose confirmed order was found among the transactions that count.
-- The campaign tool does not know the shop's order ids, but customer, day and product. Where these
-- are the same for several, they are paired in order of time, orders that name a campaign first, so
-- that no order is counted for two visits.
with sessions as (
    select * from {{ ref('int_campaign_sessions_judged') }}
    where exclusion_reason is null and is_order_confirmed
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
    where
        exclusion_reason is null
        and channel in ({{ text_list(var('attribution_channels')) }})
),

products as (
    select * from {{ ref('int_products_unioned') }}
),

sessions_numbered as (
    select
        session_id,
        customer_id,
        order_date,
        product_name,
        row_number() over (
            partition by customer_id, order_date, product_name
            order by order_confirmed_at asc nulls last, session_id asc nulls last
        ) as place
    from sessions
    where customer_id is not null and order_date is not null and product_name is not null
),

orders_numbered as (
    select
        transactions.transaction_key,
        transactions.customer_id,
        transactions.transaction_date,
        transactions.amount,
        products.product_name,
        row_number() over (
            partition by
                transactions.customer_id, transactions.transaction_date, products.product_name
            order by
                case when transactions.campaign_id is null then 1 else 0 end asc,
                transactions.transaction_at asc nulls last,
                transactions.transaction_key asc nulls last
        ) as place
    from transactions
    inner join products
        on transactions.product_key = products.product_key
    where transactions.customer_id is not null
),

matched as (
    select
        sessions_numbered.session_id,
        orders_numbered.transaction_key,
        orders_numbered.amount
    from sessions_numbered
    inner join orders_numbered
        on
            sessions_numbered.customer_id = orders_numbered.customer_id
            and sessions_numbered.order_date = orders_numbered.transaction_date
            and sessions_numbered.product_name = orders_numbered.product_name
            and sessions_numbered.place = orders_numbered.place
)

select * from matched
