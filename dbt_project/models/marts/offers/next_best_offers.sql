-- Grain: one row per customer with a purchase and rank, best offer first, nothing already owned.
-- Products that go with the customer's own come first, then best sellers of categories that go with
-- the customer's own, then best sellers of all; each product is offered once, for its best reason.
with product_offers as (
    select * from {{ ref('int_product_offers_summarised') }}
),

category_offers as (
    select * from {{ ref('int_category_offers_summarised') }}
),

popular_offers as (
    select * from {{ ref('int_popular_offers_summarised') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

offers_unioned as (
    select
        customer_id,
        'product' as offer_basis,
        1 as basis_rank,
        offer_rank as rank_in_basis,
        offered_product_id,
        product_id as basis_product_id,
        cast(null as {{ dbt.type_string() }}) as basis_category,
        customers_with_both as supporting_customers,
        support_share,
        confidence_share,
        lift
    from product_offers
    union all
    select
        customer_id,
        'category' as offer_basis,
        2 as basis_rank,
        offer_rank as rank_in_basis,
        offered_product_id,
        cast(null as {{ dbt.type_string() }}) as basis_product_id,
        category as basis_category,
        customers_with_both as supporting_customers,
        support_share,
        confidence_share,
        lift
    from category_offers
    union all
    select
        customer_id,
        'popularity' as offer_basis,
        3 as basis_rank,
        offer_rank as rank_in_basis,
        offered_product_id,
        cast(null as {{ dbt.type_string() }}) as basis_product_id,
        cast(null as {{ dbt.type_string() }}) as basis_category,
        customers_with_offer as supporting_customers,
        support_share,
        cast(null as numeric(7, 6)) as confidence_share,
        cast(null as numeric(16, 4)) as lift
    from popular_offers
),

best_reasons as (
    select
        *,
        row_number() over (
            partition by customer_id, offered_product_id
            order by basis_rank asc nulls last, rank_in_basis asc nulls last
        ) as reason_preference
    from offers_unioned
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by
                basis_rank asc nulls last,
                rank_in_basis asc nulls last,
                offered_product_id asc nulls last
        ) as offer_rank
    from best_reasons
    where reason_preference = 1
),

worded as (
    select
        ranked.*,
        as_of.as_of_date,
        offered.product_name as offered_product_name,
        offered.category as offered_category,
        offered.unit_price,
        basis.product_name as basis_product_name,
        cast(cast(ranked.lift as numeric(16, 1)) as {{ dbt.type_string() }}) as lift_text,
        cast(cast(100 * ranked.confidence_share as numeric(5, 1)) as {{ dbt.type_string() }})
            as percent_text,
        cast(ranked.supporting_customers as {{ dbt.type_string() }}) as customers_text
    from ranked
    cross join as_of
    left join products as offered
        on ranked.offered_product_id = offered.product_id
    left join products as basis
        on ranked.basis_product_id = basis.product_id
    where ranked.offer_rank <= {{ var('offers_per_customer') }}
),

final as (
    select
        customer_id,
        cast(offer_rank as integer) as offer_rank,
        as_of_date,
        offer_basis,
        offered_product_id,
        offered_product_name,
        offered_category,
        unit_price,
        basis_product_id,
        basis_category,
        supporting_customers,
        cast(support_share as numeric(9, 8)) as support_share,
        cast(confidence_share as numeric(7, 6)) as confidence_share,
        cast(lift as numeric(16, 4)) as lift,
        case offer_basis
            when 'product'
                then
                    'Buyers of ' || coalesce(basis_product_name, basis_product_id) || ' buy it '
                    || lift_text || ' times as often as all buyers do: ' || customers_text
                    || ' customers, ' || percent_text || ' % of them.'
            when 'category'
                then
                    'Buyers of ' || basis_category || ' buy ' || offered_category || ' '
                    || lift_text || ' times as often as all buyers do (' || percent_text
                    || ' % of them); this is the best seller there.'
            else 'A best seller: ' || customers_text || ' customers have bought it.'
        end as reason
    from worded
)

select * from final
