-- Invariant: every event of the register in staging is judged once, and every one that counts and
-- is of a known customer is counted in customer_consents: once for its purpose, or, where it takes
-- something back without saying what, once for each purpose but processing.
-- A join that loses a withdrawal breaks it, and lets somebody be contacted who said no.
with purposes as (
    select count(*) - 1 as purposes
    from {{ ref('consent_purposes') }}
),

events as (
    select * from {{ ref('int_consent_events_judged') }}
    where customer_id is not null and exclusion_reason is null
),

parts as (
    select
        'events' as subject,
        count(*) as events,
        0 as other_events
    from {{ ref('stg_consent__consent_events') }}
    union all
    select
        'events' as subject,
        0 as events,
        count(*) as other_events
    from {{ ref('int_consent_events_judged') }}
    union all
    select
        'consents' as subject,
        coalesce(sum(case when events.purpose is null then purposes.purposes else 1 end), 0)
            as events,
        0 as other_events
    from events
    cross join purposes
    union all
    select
        'consents' as subject,
        0 as events,
        coalesce(sum(event_count), 0) as other_events
    from {{ ref('customer_consents') }}
),

compared as (
    select
        subject,
        sum(events) as events,
        sum(other_events) as other_events
    from parts
    group by subject
)

select *
from compared
where events <> other_events
