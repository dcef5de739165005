-- Grain: one row per tier of the loyalty programme, and one for members of no known tier.
with tiers as (
    select
        loyalty_tier,
        tier_rank
    from {{ ref('loyalty_tiers') }}
    union all
    select
        'Unknown' as loyalty_tier,
        0 as tier_rank
),

members as (
    select * from {{ ref('int_customer_loyalty_summarised') }}
),

orders as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

members_measured as (
    select
        members.customer_id,
        coalesce(members.loyalty_tier, 'Unknown') as loyalty_tier,
        members.loyalty_points_earned,
        members.loyalty_points_redeemed,
        members.loyalty_points_balance,
        {{ days_between('members.loyalty_joined_date', 'as_of.as_of_date') }} as tenure_days,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.gross_spend, 0) as gross_spend,
        coalesce(orders.net_spend, 0) as net_spend
    from members
    cross join as_of
    left join orders
        on members.customer_id = orders.customer_id
),

summed as (
    select
        loyalty_tier,
        count(*) as members,
        sum(loyalty_points_earned) as points_earned,
        sum(loyalty_points_redeemed) as points_redeemed,
        sum(loyalty_points_balance) as points_outstanding,
        sum(orders) as orders,
        sum(gross_spend) as gross_spend,
        sum(net_spend) as net_spend,
        avg(net_spend) as average_net_spend,
        avg(tenure_days) as average_tenure_days
    from members_measured
    group by loyalty_tier
),

final as (
    select
        tiers.loyalty_tier,
        tiers.tier_rank,
        cast(coalesce(summed.points_earned, 0) as bigint) as points_earned,
        cast(coalesce(summed.points_redeemed, 0) as bigint) as points_redeemed,
        cast(coalesce(summed.points_outstanding, 0) as bigint) as points_outstanding,
        cast(1.0 * summed.points_redeemed / nullif(summed.points_earned, 0) as numeric(9, 4))
            as redemption_ratio,
        cast(coalesce(summed.orders, 0) as bigint) as orders,
        cast(coalesce(summed.gross_spend, 0) as numeric(20, 2)) as gross_spend,
        cast(coalesce(summed.net_spend, 0) as numeric(20, 2)) as net_spend,
        cast(summed.average_net_spend as numeric(14, 2)) as average_net_spend,
        cast(summed.average_tenure_days as numeric(9, 2)) as average_tenure_days,
        coalesce(summed.members, 0) as members
    from tiers
    left join summed
        on tiers.loyalty_tier = summed.loyalty_tier
)

select * from final
