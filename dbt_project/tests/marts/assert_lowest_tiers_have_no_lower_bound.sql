-- Invariant: exactly one row of each tier seed is open below, and health bands and churn risk
-- levels start at 0.
-- Otherwise customers with a low, zero or negative value would have no tier.
with open_tiers as (
    select
        'clv_tiers' as seed_name,
        count(*) filter (where minimum_value is null) as lowest_tiers
    from {{ ref('clv_tiers') }}
    union all
    select
        'value_segments' as seed_name,
        count(*) filter (where minimum_net_spend is null) as lowest_tiers
    from {{ ref('value_segments') }}
    union all
    select
        'price_segments' as seed_name,
        count(*) filter (where minimum_price is null) as lowest_tiers
    from {{ ref('price_segments') }}
    union all
    select
        'health_bands' as seed_name,
        count(*) filter (where minimum_score = 0) as lowest_tiers
    from {{ ref('health_bands') }}
    union all
    select
        'churn_risk_levels' as seed_name,
        count(*) filter (where minimum_probability = 0) as lowest_tiers
    from {{ ref('churn_risk_levels') }}
)

select
    seed_name,
    lowest_tiers
from open_tiers
where lowest_tiers <> 1
