-- Grain: one row per customer and device that they were seen on, logged in or by a mail.
-- An event that only the device gave to the customer says nothing new about whose device it is.
with events as (
    select * from {{ ref('int_digital_events_identified') }}
),

devices as (
    select
        customer_id,
        device_id,
        count(*) as digital_events,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from events
    where
        exclusion_reason is null
        and device_id is not null
        and identified_by in ('customer_id', 'email')
    group by customer_id, device_id
)

select * from devices
