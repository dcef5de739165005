-- Grain: one row per customer and rank of a product that goes well with what the customer bought.
-- Only the strongest rules of a customer's latest products are looked at, so the candidates of a
-- customer are few whatever the number of pairs; a product that several rules offer comes with the
-- strongest of them. One number orders all rules, so that no wide row has to be sorted.
with customer_products as (
    select * from {{ ref('int_customer_products_summarised') }}
),

pairs as (
    select * from {{ ref('int_product_pairs_summarised') }}
),

rules as (
    select
        *,
        row_number() over (
            order by
                lift desc nulls last,
                customers_with_both desc nulls last,
                product_id asc nulls last,
                offered_product_id asc nulls last
        ) as rule_order
    from pairs
    where
        rule_rank <= {{ var('offer_rules_per_product') }}
        and lift > {{ var('offer_minimum_lift') }}
),

strongest_rules as (
    select
        customer_products.customer_id,
        rules.offered_product_id,
        min(rules.rule_order) as rule_order
    from customer_products
    inner join rules
        on customer_products.product_id = rules.product_id
    where customer_products.recency_rank <= {{ var('offer_basis_products') }}
    group by customer_products.customer_id, rules.offered_product_id
),

not_owned as (
    select
        strongest_rules.customer_id,
        strongest_rules.rule_order
    from strongest_rules
    left join customer_products
        on
            strongest_rules.customer_id = customer_products.customer_id
            and strongest_rules.offered_product_id = customer_products.product_id
    where customer_products.customer_id is null
),

ranked as (
    select
        customer_id,
        rule_order,
        row_number() over (partition by customer_id order by rule_order asc nulls last)
            as offer_rank
    from not_owned
),

offers as (
    select
        ranked.customer_id,
        ranked.offer_rank,
        rules.product_id,
        rules.offered_product_id,
        rules.customers_with_both,
        rules.support_share,
        rules.confidence_share,
        rules.lift
    from ranked
    inner join rules
        on ranked.rule_order = rules.rule_order
    where ranked.offer_rank <= {{ var('offers_per_customer') }}
)

select * from offers
