-- Grain: one row per event online that counts.
with events as (
    select * from {{ ref('int_digital_events_identified') }}
),

final as (
    select
        event_id,
        customer_id,
        identified_by,
        interaction_type,
        page,
        campaign_id,
        occurred_at,
        event_date,
        {{ pseudonym('device_id') }} as device_pseudonym
    from events
    where exclusion_reason is null
)

select * from final
