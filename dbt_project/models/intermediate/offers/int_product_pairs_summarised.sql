-- Grain: one row per ordered pair of products that enough customers have both bought.
-- A product bought by too few customers is in no frequent pair, so it leaves before pairs are made;
-- of each customer only the latest products are paired, which bounds the work by the customers.
-- A product without a name can be offered to nobody and is in no pair either.
with customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

products as (
    select * from {{ ref('int_products_unioned') }}
),

baskets as (
    select
        customer_products.customer_id,
        customer_products.product_id
    from customer_products
    inner join products
        on
            customer_products.product_id = products.product_key
            and products.product_name is not null
    where customer_products.recency_rank <= {{ var('offer_basket_products') }}
),

basket_counts as (
    select
        count(distinct customer_id) as baskets,
        greatest(
            {{ var('offer_minimum_pair_customers') }},
            {{ var('offer_minimum_support_share') }} * count(distinct customer_id)
        ) as minimum_customers
    from baskets
),

frequent_products as (
    select
        product_id,
        count(*) as customers
    from baskets
    group by product_id
    having count(*) >= (select basket_counts.minimum_customers from basket_counts)
),

frequent_baskets as (
    select
        baskets.customer_id,
        baskets.product_id
    from baskets
    inner join frequent_products
        on baskets.product_id = frequent_products.product_id
),

pairs_counted as (
    select
        firsts.product_id as first_product_id,
        seconds.product_id as second_product_id,
        count(*) as customers_with_both
    from frequent_baskets as firsts
    inner join frequent_baskets as seconds
        on
            firsts.customer_id = seconds.customer_id
            and firsts.product_id < seconds.product_id
    group by firsts.product_id, seconds.product_id
    having count(*) >= (select basket_counts.minimum_customers from basket_counts)
),

pairs_directed as (
    select
        first_product_id as product_id,
        second_product_id as offered_product_id,
        customers_with_both
    from pairs_counted
    union all
    select
        second_product_id as product_id,
        first_product_id as offered_product_id,
        customers_with_both
    from pairs_counted
),

pairs_measured as (
    select
        pairs_directed.product_id,
        pairs_directed.offered_product_id,
        basket_counts.baskets,
        owners.customers,
        offered.customers as offered_customers,
        pairs_directed.customers_with_both,
        1.0 * pairs_directed.customers_with_both / basket_counts.baskets as support_share,
        1.0 * pairs_directed.customers_with_both / owners.customers as confidence_share,
        1.0 * pairs_directed.customers_with_both * basket_counts.baskets
        / (owners.customers * offered.customers) as lift
    from pairs_directed
    cross join basket_counts
    inner join frequent_products as owners
        on pairs_directed.product_id = owners.product_id
    inner join frequent_products as offered
        on pairs_directed.offered_product_id = offered.product_id
),

pairs as (
    select
        *,
        row_number() over (
            partition by product_id
            order by
                lift desc nulls last,
                customers_with_both desc nulls last,
                offered_product_id asc nulls last
        ) as rule_rank
    from pairs_measured
)

select * from pairs
