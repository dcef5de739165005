-- Invariant: per feed of marketing and the online events, the rows of staging are those of the fact
-- plus those left out, each for one reason, in count and in money.
-- A join that doubles or a filter that loses rows breaks it, and with it every campaign.
with staged_rows as (
    select
        'marketing.campaign_sessions' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('stg_marketing__campaign_sessions') }}
    union all
    select
        'marketing.campaign_spend' as feed,
        spend as amount
    from {{ ref('stg_marketing__campaign_spend') }}
    union all
    select
        'marketing.shopping_behaviour' as feed,
        purchase_amount as amount
    from {{ ref('stg_marketing__shopping_behaviour') }}
    union all
    select
        'digital.events' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('stg_digital__events') }}
),

staged as (
    select
        feed,
        count(*) as staged_rows,
        coalesce(sum(amount), 0) as staged_amount
    from staged_rows
    group by feed
),

counted_rows as (
    select
        'marketing.campaign_sessions' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('fct_campaign_touches') }}
    where touch_type = 'SESSION'
    union all
    select
        'marketing.campaign_sessions' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('int_campaign_sessions_judged') }}
    where exclusion_reason is not null
    union all
    select
        'marketing.campaign_spend' as feed,
        spend as amount
    from {{ ref('fct_campaign_spend') }}
    union all
    select
        'marketing.campaign_spend' as feed,
        spend as amount
    from {{ ref('int_campaign_spend_judged') }}
    where exclusion_reason is not null
    union all
    select
        'marketing.shopping_behaviour' as feed,
        purchase_amount as amount
    from {{ ref('fct_shopping_behaviour') }}
    union all
    select
        'marketing.shopping_behaviour' as feed,
        purchase_amount as amount
    from {{ ref('int_shopping_behaviour_judged') }}
    where exclusion_reason is not null
    union all
    select
        'digital.events' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('fct_digital_events') }}
    union all
    select
        'digital.events' as feed,
        cast(null as numeric(14, 2)) as amount
    from {{ ref('int_digital_events_identified') }}
    where exclusion_reason is not null
),

counted as (
    select
        feed,
        count(*) as counted_rows,
        coalesce(sum(amount), 0) as counted_amount
    from counted_rows
    group by feed
)

select
    staged.feed as staged_feed,
    counted.feed as counted_feed,
    staged.staged_rows,
    counted.counted_rows
from staged
full outer join counted
    on staged.feed = counted.feed
where
    staged.staged_rows is distinct from counted.counted_rows
    or staged.staged_amount is distinct from counted.counted_amount
