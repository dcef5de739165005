-- Grain: one row per ordered pair of categories that enough customers have both bought from.
with pairs as (
    select * from {{ ref('int_category_pairs_summarised') }}
),

final as (
    select
        category,
        offered_category,
        customers,
        offered_customers,
        customers_with_both,
        baskets,
        rule_rank,
        cast(support_share as numeric(9, 8)) as support_share,
        cast(confidence_share as numeric(7, 6)) as confidence_share,
        cast(lift as numeric(16, 4)) as lift
    from pairs
)

select * from final
