-- Grain: one row per customer feed, load batch and issue that the feed can have.
{% set issues = [
    'missing_email', 'malformed_email', 'plus_addressed_email', 'dotted_email', 'shared_email',
    'overshared_email', 'missing_phone', 'impossible_phone', 'shared_phone', 'overshared_phone',
    'missing_name', 'mixed_case', 'stray_spaces', 'special_characters', 'typo', 'nickname',
    'swapped_names', 'maiden_name', 'moved_house', 'missing_country', 'unknown_country',
    'missing_date', 'unparseable_date', 'future_date', 'duplicate_record',
] %}

with fields as (
    select * from {{ ref('int_customer_fields_judged') }}
),

names as (
    select * from {{ ref('int_customer_names_compared') }}
),

contacts as (
    select * from {{ ref('int_customer_contacts_compared') }}
),

judged as (
    select
        fields.*,
        names.typo,
        names.nickname,
        names.swapped_names,
        names.maiden_name,
        contacts.dotted_email,
        contacts.shared_email,
        contacts.overshared_email,
        contacts.shared_phone,
        contacts.overshared_phone,
        contacts.moved_house,
        contacts.duplicate_record
    from fields
    inner join names
        on fields.source_customer_key = names.source_customer_key
    inner join contacts
        on fields.source_customer_key = contacts.source_customer_key
),

counted as (
    select
        feed,
        batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, batch_id
),

named as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
),

final as (
    select * from named
    where defect_rows is not null
)

select * from final
