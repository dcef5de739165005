-- Grain: one row per customer and rank of a category that the customer has not bought from, with
-- the category's best seller; only for customers whose products do not fill all offers.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

product_offers as (
    select * from {{ ref('int_product_offers_summarised') }}
),

pairs as (
    select * from {{ ref('int_category_pairs_summarised') }}
),

best_sellers as (
    select * from {{ ref('int_product_popularity_summarised') }}
    where category_rank = 1
),

filled_customers as (
    select customer_id
    from product_offers
    where offer_rank = {{ var('offers_per_customer') }}
),

owned_categories as (
    select distinct
        customers.customer_id,
        customer_products.category
    from customers
    inner join customer_products
        on customers.customer_id = customer_products.customer_id
    left join filled_customers
        on customers.customer_id = filled_customers.customer_id
    where filled_customers.customer_id is null
),

candidates as (
    select
        owned_categories.customer_id,
        pairs.category,
        pairs.offered_category,
        pairs.customers_with_both,
        pairs.support_share,
        pairs.confidence_share,
        pairs.lift
    from owned_categories
    inner join pairs
        on owned_categories.category = pairs.category
    left join owned_categories as kept_categories
        on
            owned_categories.customer_id = kept_categories.customer_id
            and pairs.offered_category = kept_categories.category
    where
        kept_categories.customer_id is null
        and pairs.lift > {{ var('offer_minimum_lift') }}
),

strongest_rules as (
    select
        *,
        row_number() over (
            partition by customer_id, offered_category
            order by
                lift desc nulls last,
                customers_with_both desc nulls last,
                category asc nulls last
        ) as rule_preference
    from candidates
),

offers as (
    select
        strongest_rules.customer_id,
        strongest_rules.category,
        strongest_rules.offered_category,
        best_sellers.product_id as offered_product_id,
        strongest_rules.customers_with_both,
        strongest_rules.support_share,
        strongest_rules.confidence_share,
        strongest_rules.lift,
        row_number() over (
            partition by strongest_rules.customer_id
            order by
                strongest_rules.lift desc nulls last,
                strongest_rules.customers_with_both desc nulls last,
                strongest_rules.offered_category asc nulls last
        ) as offer_rank
    from strongest_rules
    inner join best_sellers
        on strongest_rules.offered_category = best_sellers.category
    where strongest_rules.rule_preference = 1
)

select * from offers
