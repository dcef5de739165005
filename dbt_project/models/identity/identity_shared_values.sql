-- Grain: one row per kind of evidence and value that at least two records share.
-- A value under too many names (info@…, a switchboard) says nothing about who somebody is: it is no
-- evidence, and is reported instead. So does an account that too many members declare.
with records as (
    select * from {{ ref('identity_records') }}
),

declarations as (
    select * from {{ ref('identity_declarations') }}
),

candidates as (
    select
        'same_email' as match_rule,
        email as shared_value,
        count(*) as number_of_records,
        count(distinct comparable_name) as number_of_holders
    from records
    where email is not null
    group by email
    union all
    select
        'same_phone' as match_rule,
        phone as shared_value,
        count(*) as number_of_records,
        count(distinct comparable_name) as number_of_holders
    from records
    where phone is not null
    group by phone
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
