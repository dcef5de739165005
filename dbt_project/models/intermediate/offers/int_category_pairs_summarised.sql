-- Grain: one row per ordered pair of categories that enough customers have both bought from.
with customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

baskets as (
    select distinct
        customer_id,
        category
    from customer_products
    where
        recency_rank <= {{ var('offer_basket_products') }}
        and category is not null
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

categories as (
    select
        category,
        count(*) as customers
    from baskets
    group by category
),

pairs_counted as (
    select
        firsts.category as first_category,
        seconds.category as second_category,
        count(*) as customers_with_both
    from baskets as firsts
    inner join baskets as seconds
        on
            firsts.customer_id = seconds.customer_id
            and firsts.category < seconds.category
    group by firsts.category, seconds.category
    having count(*) >= (select basket_counts.minimum_customers from basket_counts)
),

pairs_directed as (
    select
        first_category as category,
        second_category as offered_category,
        customers_with_both
    from pairs_counted
    union all
    select
        second_category as category,
        first_category as offered_category,
        customers_with_both
    from pairs_counted
),

pairs_measured as (
    select
        pairs_directed.category,
        pairs_directed.offered_category,
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
    inner join categories as owners
        on pairs_directed.category = owners.category
    inner join categories as offered
        on pairs_directed.offered_category = offered.category
),

pairs as (
    select
        *,
        row_number() over (
            partition by category
            order by
                lift desc nulls last,
                customers_with_both desc nulls last,
                offered_category asc nulls last
        ) as rule_rank
    from pairs_measured
)

select * from pairs
