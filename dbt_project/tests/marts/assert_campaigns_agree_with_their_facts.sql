-- Invariant: campaign_performance holds every campaign once, and its visits, orders, revenue and
-- spend are those of the facts.
-- A join that doubles would make a campaign look better, or cost more, than it did.
with performance as (
    select
        count(*) as campaigns,
        coalesce(sum(sessions), 0) as sessions,
        coalesce(sum(conversions), 0) as conversions,
        coalesce(sum(revenue), 0) as revenue,
        coalesce(sum(spend), 0) as spend
    from {{ ref('campaign_performance') }}
),

campaigns as (
    select count(*) as campaigns
    from {{ ref('dim_campaigns') }}
),

touches as (
    select
        count(*) as sessions,
        count(*) filter (where is_converted) as conversions,
        coalesce(sum(order_value), 0) as revenue
    from {{ ref('fct_campaign_touches') }}
    where touch_type = 'SESSION'
),

costs as (
    select coalesce(sum(spend), 0) as spend
    from {{ ref('fct_campaign_spend') }}
)

select
    performance.campaigns,
    performance.sessions,
    performance.revenue
from performance
cross join campaigns
cross join touches
cross join costs
where
    performance.campaigns <> campaigns.campaigns
    or performance.sessions <> touches.sessions
    or performance.conversions <> touches.conversions
    or performance.revenue <> touches.revenue
    or performance.spend <> costs.spend
