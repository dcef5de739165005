-- Grain: one row per match rule and value that at least two records share.
-- A value that too many records share (info@…, a switchboard) says nothing about who somebody is:
-- it links nobody, and is reported instead.
with records as (
    select * from {{ ref('identity_records') }}
),

declarations as (
    select * from {{ ref('identity_declarations') }}
),

phone_holders as (
    select
        phone,
        count(*) as number_of_holders
    from records
    where phone is not null
    group by phone
),

candidates as (
    select
        'same_email' as match_rule,
        email as shared_value,
        count(*) as number_of_records,
        count(*) as number_of_holders
    from records
    where email is not null
    group by email
    union all
    select
        'same_phone_and_name' as match_rule,
        records.phone || ' ' || records.comparable_name as shared_value,
        count(*) as number_of_records,
        max(phone_holders.number_of_holders) as number_of_holders
    from records
    inner join phone_holders
        on records.phone = phone_holders.phone
    where records.first_name is not null and records.last_name is not null
    group by records.phone, records.comparable_name
    union all
    select
        match_rule,
        shared_value,
        count(*) as number_of_records,
        count(*) as number_of_holders
    from declarations
    group by match_rule, shared_value
),

final as (
    select
        match_rule,
        shared_value,
        number_of_records,
        number_of_holders,
        number_of_holders <= {{ var('identity_max_shared_records') }} as is_linking
    from candidates
    where number_of_records > 1
)

select * from final
