-- Grain: one row per customer who is a member of the loyalty programme or has points.
-- A customer may be several members: the points are summed, the highest tier and first day count.
-- The tier is the one delivered last; the programme tells none of the past.
with members as (
    select * from {{ ref('stg_loyalty__loyalty_accounts') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

points as (
    select * from {{ ref('int_loyalty_points_judged') }}
),

tiers as (
    select * from {{ ref('loyalty_tiers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

accounts as (
    select
        customers.customer_id,
        members.source_customer_id as loyalty_id,
        tiers.tier_rank,
        as_of.as_of_date,
        case
            when
                members.created_at <= members._loaded_at
                and not {{ is_implausible_date(utc_date('members.created_at')) }}
                then {{ utc_date('members.created_at') }}
        end as joined_date
    from members
    cross join as_of
    inner join customers
        on customers.source_customer_key = 'loyalty:' || members.source_customer_id
    left join tiers
        on members.loyalty_tier = tiers.loyalty_tier
),

accounts_summed as (
    select
        customer_id,
        count(*) as loyalty_accounts,
        max(tier_rank) as tier_rank,
        min(joined_date) as loyalty_joined_date
    from accounts
    where coalesce(joined_date <= as_of_date, true)
    group by customer_id
),

points_summed as (
    select
        customer_id,
        sum(points_change) as balance,
        coalesce(sum(points_change) filter (where points_change > 0), 0) as earned,
        coalesce(-sum(points_change) filter (where points_change < 0), 0) as redeemed
    from points
    where
        exclusion_reason is null
        and customer_id is not null
    group by customer_id
),

final as (
    select
        tiers.loyalty_tier,
        accounts_summed.loyalty_joined_date,
        coalesce(accounts_summed.customer_id, points_summed.customer_id) as customer_id,
        coalesce(accounts_summed.loyalty_accounts, 0) as loyalty_accounts,
        coalesce(points_summed.balance, 0) as loyalty_points_balance,
        coalesce(points_summed.earned, 0) as loyalty_points_earned,
        coalesce(points_summed.redeemed, 0) as loyalty_points_redeemed
    from accounts_summed
    full outer join points_summed
        on accounts_summed.customer_id = points_summed.customer_id
    left join tiers
        on accounts_summed.tier_rank = tiers.tier_rank
)

select * from final
