-- Grain: one row per match rule and record that shares a value with an older record.
-- Each record is linked to the oldest holder of the value and not to every other holder: the
-- components are the same, and the pairs grow with the records, not with their square.
with records as (
    select * from {{ ref('identity_records') }}
),

declarations as (
    select * from {{ ref('identity_declarations') }}
),

shared_values as (
    select * from {{ ref('identity_shared_values') }}
    where is_linking
),

record_values as (
    select
        'same_email' as match_rule,
        email as shared_value,
        source_customer_key,
        _first_batch_id,
        _first_line
    from records
    union all
    select
        'same_phone_and_name' as match_rule,
        phone || ' ' || comparable_name as shared_value,
        source_customer_key,
        _first_batch_id,
        _first_line
    from records
    where first_name is not null and last_name is not null
    union all
    select
        match_rule,
        shared_value,
        source_customer_key,
        _first_batch_id,
        _first_line
    from declarations
),

holders as (
    select
        record_values.match_rule,
        record_values.shared_value,
        record_values.source_customer_key,
        first_value(record_values.source_customer_key) over (
            partition by record_values.match_rule, record_values.shared_value
            order by
                record_values._first_batch_id asc nulls last,
                record_values._first_line asc nulls last,
                record_values.source_customer_key asc nulls last
        ) as oldest_customer_key
    from record_values
    inner join shared_values
        on
            record_values.match_rule = shared_values.match_rule
            and record_values.shared_value = shared_values.shared_value
),

final as (
    select
        match_rule,
        oldest_customer_key as left_key,
        source_customer_key as right_key,
        shared_value
    from holders
    where oldest_customer_key <> source_customer_key
)

select * from final
