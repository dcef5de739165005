-- Grain: one row per customer and purpose that one of their records said anything on.
-- The latest word counts, whichever record it came by; at the same instant no outranks yes.
-- What was said after the as-of date changes no state, but a no among it is told: whoever replays a
-- past day must not write to those who have said no since.
with events as (
    select * from {{ ref('int_consent_events_judged') }}
    where
        customer_id is not null
        and (exclusion_reason is null or exclusion_reason = 'after_as_of_date')
),

purposes as (
    select * from {{ ref('consent_purposes') }}
),

events_placed as (
    select
        events.*,
        purposes.purpose as concerned_purpose
    from events
    inner join purposes
        on events.purpose = purposes.purpose
    union all
    select
        events.*,
        purposes.purpose as concerned_purpose
    from events
    cross join purposes
    where
        events.purpose is null
        and events.decision <> 'granted'
        and purposes.purpose <> 'processing'
),

ranked as (
    select
        *,
        count(*) over (partition by customer_id, concerned_purpose) as event_count,
        row_number() over (
            partition by customer_id, concerned_purpose
            order by
                effective_at desc nulls last,
                case decision when 'withdrawn' then 1 when 'unclear' then 2 else 3 end asc,
                source_name asc,
                consent_event_id asc
        ) as recency
    from events_placed
    where exclusion_reason is null
),

withdrawn_later as (
    select distinct
        events_placed.customer_id,
        purposes.purpose as concerned_purpose
    from events_placed
    inner join purposes
        on events_placed.concerned_purpose in (purposes.purpose, 'processing')
    where events_placed.exclusion_reason is not null and events_placed.decision <> 'granted'
),

final as (
    select
        ranked.customer_id,
        ranked.concerned_purpose as purpose,
        ranked.decision as state,
        ranked.effective_at as decided_at,
        ranked.source_name,
        ranked.collection_channel,
        ranked.has_proof,
        ranked.event_count,
        withdrawn_later.customer_id is not null as is_withdrawn_later
    from ranked
    left join withdrawn_later
        on
            ranked.customer_id = withdrawn_later.customer_id
            and ranked.concerned_purpose = withdrawn_later.concerned_purpose
    where ranked.recency = 1
)

select * from final
