-- Grain: one row per candidate pair: how well each field agrees, and how common what agrees is.
-- Levels only, no weights: they change with training, the comparisons do not.
with pairs as (
    select * from {{ ref('identity_candidate_pairs') }}
),

compared as (
    select
        pairs.left_number,
        pairs.right_number,
        pairs.rule_number,
        left_records.first_name_records,
        left_records.last_name_records,
        left_records.birth_day_records,
        left_records.city_records,
        {{ comparison_levels('left_records', 'right_records') }}
    from pairs
    inner join {{ ref('identity_comparable_records') }} as left_records
        on pairs.left_number = left_records.record_number
    inner join {{ ref('identity_comparable_records') }} as right_records
        on pairs.right_number = right_records.record_number
),

final as (
    select
        left_number,
        right_number,
        rule_number,
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        phone_level,
        address_level,
        {{ pattern_code() }} as pattern_code,
        cast(case when first_name_level = 7 then first_name_records end as integer)
            as first_name_records,
        cast(case when last_name_level = 5 then last_name_records end as integer)
            as last_name_records,
        cast(case when birth_date_level = 6 then birth_day_records end as integer)
            as birth_day_records,
        cast(
            case when address_level in (3, 7, 11, 19, 23, 27, 35, 39, 43) then city_records end
            as integer
        ) as city_records
    from {{ computed_once('compared') }}
)

select * from final
