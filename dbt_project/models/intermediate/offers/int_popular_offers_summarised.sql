-- Grain: one row per customer and best seller that the customer has not bought, for customers whose
-- products do not fill all offers: somebody with one rare purchase gets offers too.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

product_offers as (
    select * from {{ ref('int_product_offers_summarised') }}
),

best_sellers as (
    select * from {{ ref('int_product_popularity_summarised') }}
    where popularity_rank <= {{ var('offer_best_sellers') }}
),

buyers as (
    select count(*) as buyers
    from customers
),

filled_customers as (
    select customer_id
    from product_offers
    where offer_rank = {{ var('offers_per_customer') }}
),

offers as (
    select
        customers.customer_id,
        best_sellers.popularity_rank as offer_rank,
        best_sellers.product_id as offered_product_id,
        best_sellers.customers as customers_with_offer,
        1.0 * best_sellers.customers / buyers.buyers as support_share
    from customers
    cross join best_sellers
    cross join buyers
    left join filled_customers
        on customers.customer_id = filled_customers.customer_id
    left join customer_products as held
        on
            customers.customer_id = held.customer_id
            and best_sellers.product_id = held.product_id
    where
        filled_customers.customer_id is null
        and held.customer_id is null
)

select * from offers
