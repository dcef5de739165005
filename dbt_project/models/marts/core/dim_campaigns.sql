-- Grain: one row per campaign that the seed, a visit, a cost, an event or a transaction names.
-- One that the seed does not know is kept, so that no visit loses its campaign.
with known_campaigns as (
    select * from {{ ref('campaigns') }}
),

sessions as (
    select * from {{ ref('int_campaign_sessions_judged') }}
    where exclusion_reason is null
),

costs as (
    select * from {{ ref('int_campaign_spend_judged') }}
    where exclusion_reason is null
),

events as (
    select * from {{ ref('int_digital_events_identified') }}
    where exclusion_reason is null and campaign_id is not null
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
    where exclusion_reason is null and campaign_id is not null
),

mentions as (
    select
        campaign_id,
        campaign_name,
        cast(null as date) as mention_date
    from known_campaigns
    union all
    select
        campaign_id,
        campaign_name,
        session_date as mention_date
    from sessions
    union all
    select
        campaign_id,
        campaign_name,
        spend_date as mention_date
    from costs
    union all
    select
        campaign_id,
        campaign_name,
        event_date as mention_date
    from events
    union all
    select
        campaign_id,
        campaign_name,
        transaction_date as mention_date
    from transactions
),

mentions_summed as (
    select
        campaign_id,
        min(campaign_name) as any_name,
        min(mention_date) as first_seen_date,
        max(mention_date) as last_seen_date
    from mentions
    group by campaign_id
),

final as (
    select
        mentions_summed.campaign_id,
        known_campaigns.medium,
        mentions_summed.first_seen_date,
        mentions_summed.last_seen_date,
        coalesce(known_campaigns.campaign_name, mentions_summed.any_name) as campaign_name
    from mentions_summed
    left join known_campaigns
        on mentions_summed.campaign_id = known_campaigns.campaign_id
)

select * from final
