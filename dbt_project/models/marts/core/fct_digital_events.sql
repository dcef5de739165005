-- Grain: one row per event online that counts.
with events as (
    select * from {{ ref('int_digital_events_identified') }}
),

-- Once a device: a pseudonym costs more than all else of an event. Read anew, as Postgres would
-- keep a copy of what two parts of a query read.
devices as (
    select
        device_id,
        {{ pseudonym('device_id') }} as device_pseudonym
    from {{ ref('int_digital_events_identified') }}
    group by device_id
),

final as (
    select
        events.event_id,
        events.customer_id,
        events.identified_by,
        events.interaction_type,
        events.page,
        events.campaign_id,
        events.occurred_at,
        events.event_date,
        devices.device_pseudonym
    from events
    left join devices
        on events.device_id = devices.device_id
    where events.exclusion_reason is null
)

select * from final
