-- Grain: one row per loyalty feed, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue. What members share with all customers is
-- judged in int_customer_issues_counted.
{% set issues = [
    'unparseable_date', 'implausible_date', 'future_date', 'unparseable_points',
    'orphan_member', 'orphan_customer', 'unknown_tier', 'unbooked_points',
] %}

with members as (
    select * from {{ ref('stg_loyalty__loyalty_accounts') }}
),

loyalty_transactions as (
    select * from {{ ref('stg_loyalty__loyalty_transactions') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

tiers as (
    select * from {{ ref('loyalty_tiers') }}
),

booked as (
    select
        loyalty_id,
        sum(points_change) as points_booked
    from loyalty_transactions
    where points_change > 0
    group by loyalty_id
),

judged as (
    select
        'loyalty.loyalty_transactions' as feed,
        loyalty_transactions._batch_id,
        loyalty_transactions.occurred_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('loyalty_transactions.occurred_at')) }}
            as implausible_date,
        {{
            is_future_date(
                'loyalty_transactions.occurred_at', 'loyalty_transactions._loaded_at'
            )
        }} as future_date,
        loyalty_transactions.points_change is null as unparseable_points,
        members.source_customer_id is null as orphan_member,
        cast(null as boolean) as orphan_customer,
        cast(null as boolean) as unknown_tier,
        cast(null as boolean) as unbooked_points
    from loyalty_transactions
    left join members
        on loyalty_transactions.loyalty_id = members.source_customer_id
    union all
    select
        'loyalty.loyalty_accounts' as feed,
        members._batch_id,
        cast(null as boolean) as unparseable_date,
        cast(null as boolean) as implausible_date,
        cast(null as boolean) as future_date,
        members.points_earned is null as unparseable_points,
        cast(null as boolean) as orphan_member,
        members.shop_customer_id is not null
        and shop_customers.source_customer_id is null as orphan_customer,
        tiers.loyalty_tier is null as unknown_tier,
        coalesce(members.points_earned > coalesce(booked.points_booked, 0), false)
            as unbooked_points
    from members
    left join shop_customers
        on members.shop_customer_id = shop_customers.source_customer_id
    left join tiers
        on members.loyalty_tier = tiers.loyalty_tier
    left join booked
        on members.source_customer_id = booked.loyalty_id
),

counted as (
    select
        feed,
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, _batch_id
),

named as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
),

final as (
    select * from named
    where defect_rows is not null
)

select * from final
