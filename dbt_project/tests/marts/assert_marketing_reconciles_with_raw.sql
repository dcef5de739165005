-- Invariant: per feed of marketing and the online events, staging holds the last delivered version
-- of each key in raw, in count and in money, however many loads it took.
-- A late delivery that is missed, or an old version that is kept, would falsify every campaign.
with deliveries as (
    select
        'marketing.campaign_sessions' as feed,
        price as amount,
        _batch_id,
        _line,
        coalesce(
            {{ clean_text('session_id') }},
            {{ clean_text('customer_id') }} || ' ' || {{ clean_text('session_start') }}
            || ' ' || {{ clean_text('campaign') }}
        ) as delivered_key
    from {{ source('marketing', 'campaign_sessions') }}
    union all
    select
        'marketing.campaign_spend' as feed,
        spend as amount,
        _batch_id,
        _line,
        coalesce(
            substr({{ iso_instant_text(clean_text('date')) }}, 1, 10), {{ clean_text('date') }}
        ) || ' ' || {{ clean_text('campaign') }} as delivered_key
    from {{ source('marketing', 'campaign_spend') }}
    union all
    select
        'marketing.shopping_behaviour' as feed,
        purchase_amount as amount,
        _batch_id,
        _line,
        {{ clean_text('customer_id') }} as delivered_key
    from {{ source('marketing', 'shopping_behaviour') }}
),

versions as (
    select
        feed,
        amount,
        delivered_key,
        row_number() over (
            partition by feed, delivered_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from deliveries
),

-- Events have no amount, so any version of one does, and by far the most rows need no order.
events as (
    select
        {{ clean_text('event_id') }} as delivered_key,
        count(*) as versions
    from {{ source('digital', 'events') }}
    group by {{ clean_text('event_id') }}
),

delivered as (
    select
        feed,
        count(*) as delivered_rows,
        coalesce(sum({{ parse_money('amount') }}), 0) as delivered_amount
    from versions
    where recency = 1 or delivered_key is null
    group by feed
    union all
    select
        'digital.events' as feed,
        coalesce(sum(case when delivered_key is null then versions else 1 end), 0)
            as delivered_rows,
        0 as delivered_amount
    from events
    having count(*) > 0
),

staged_rows as (
    select
        'marketing.campaign_sessions' as feed,
        unit_price as amount
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
)

select
    delivered.feed as delivered_feed,
    staged.feed as staged_feed,
    delivered.delivered_rows,
    staged.staged_rows
from delivered
full outer join staged
    on delivered.feed = staged.feed
where
    delivered.delivered_rows is distinct from staged.staged_rows
    or delivered.delivered_amount is distinct from staged.staged_amount
