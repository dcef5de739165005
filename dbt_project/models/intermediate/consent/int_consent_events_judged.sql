-- Grain: one row per event of the register, whether it counts or not.
-- Doubt closes and never opens: a grant counts only if it is plain who granted what and when; what
-- is no plain grant counts as soon as it is known, on every purpose where it does not say on which.
with consent_events as (
    select * from {{ ref('stg_consent__consent_events') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

purposes as (
    select * from {{ ref('consent_purposes') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

keyed as (
    select
        *,
        source_name || ':' || source_customer_id as source_customer_key,
        case when decision in ('granted', 'withdrawn') then decision else 'unclear' end as meaning,
        {{ utc_date('occurred_at') }} as occurred_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from consent_events
),

dated as (
    select
        *,
        case
            when occurred_date is null then 'invalid_date'
            when {{ is_implausible_date('occurred_date') }} then 'implausible_date'
            when occurred_date > loaded_date then 'future_date'
        end as date_issue
    from keyed
),

judged as (
    select
        dated.consent_event_id,
        dated.source_name,
        dated.source_customer_key,
        customers.customer_id,
        purposes.purpose,
        dated.meaning as decision,
        dated.occurred_at,
        dated.collection_channel,
        case when dated.date_issue is null then dated.occurred_at else dated._loaded_at end
            as effective_at,
        dated.proof is not null as has_proof,
        case
            when dated.date_issue is null and dated.occurred_date > as_of.as_of_date
                then 'after_as_of_date'
            when dated.meaning <> 'granted' then null
            when dated.date_issue is not null then dated.date_issue
            when purposes.purpose is null then 'unknown_purpose'
        end as exclusion_reason
    from dated
    cross join as_of
    left join customers
        on dated.source_customer_key = customers.source_customer_key
    left join purposes
        on dated.purpose = purposes.purpose
)

select * from judged
