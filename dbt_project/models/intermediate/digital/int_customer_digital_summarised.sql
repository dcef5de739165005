-- Grain: one row per customer with at least one counted event or visit from a campaign.
with events as (
    select * from {{ ref('int_digital_events_identified') }}
    where exclusion_reason is null and customer_id is not null
),

sessions as (
    select * from {{ ref('int_campaign_sessions_judged') }}
    where exclusion_reason is null and customer_id is not null
),

events_counted as (
    select
        customer_id,
        count(*) filter (where interaction_type = 'EMAIL_OPEN') as email_opens,
        count(*) filter (where interaction_type = 'EMAIL_CLICK') as email_clicks,
        count(*) filter (where interaction_type = 'WEBSITE_VISIT') as website_visits,
        count(*) filter (where interaction_type = 'APP_SESSION') as app_sessions,
        count(*) filter (where interaction_type = 'SOCIAL') as social_interactions,
        count(*) as digital_events,
        max(event_date) as last_event_date
    from events
    group by customer_id
),

sessions_counted as (
    select
        customer_id,
        count(*) as campaign_sessions,
        max(session_date) as last_session_date
    from sessions
    group by customer_id
),

final as (
    select
        coalesce(events_counted.customer_id, sessions_counted.customer_id) as customer_id,
        coalesce(events_counted.email_opens, 0) as email_opens,
        coalesce(events_counted.email_clicks, 0) as email_clicks,
        coalesce(events_counted.website_visits, 0) as website_visits,
        coalesce(events_counted.app_sessions, 0) as app_sessions,
        coalesce(events_counted.social_interactions, 0) as social_interactions,
        coalesce(events_counted.digital_events, 0) as digital_events,
        coalesce(sessions_counted.campaign_sessions, 0) as campaign_sessions,
        greatest(
            coalesce(events_counted.last_event_date, sessions_counted.last_session_date),
            coalesce(sessions_counted.last_session_date, events_counted.last_event_date)
        ) as last_digital_date
    from events_counted
    full outer join sessions_counted
        on events_counted.customer_id = sessions_counted.customer_id
)

select * from final
