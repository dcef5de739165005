-- Grain: one row per load batch of the consent register and issue.
{% set issues = [
    'unparseable_date', 'implausible_date', 'future_date', 'orphan_customer', 'unknown_purpose',
    'unknown_decision',
] %}

with consent_events as (
    select * from {{ ref('stg_consent__consent_events') }}
),

records as (
    select * from {{ ref('identity_customers') }}
),

purposes as (
    select * from {{ ref('consent_purposes') }}
),

judged as (
    select
        consent_events._batch_id,
        consent_events.occurred_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('consent_events.occurred_at')) }} as implausible_date,
        {{ is_future_date('consent_events.occurred_at', 'consent_events._loaded_at') }}
            as future_date,
        records.source_customer_key is null as orphan_customer,
        purposes.purpose is null as unknown_purpose,
        coalesce(consent_events.decision not in ('granted', 'withdrawn'), true)
            as unknown_decision
    from consent_events
    left join records
        on
            consent_events.source_name || ':' || consent_events.source_customer_id
            = records.source_customer_key
    left join purposes
        on consent_events.purpose = purposes.purpose
),

counted as (
    select
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by _batch_id
),

named as (
    select
        'consent.consent_events' as feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
)

select * from named
