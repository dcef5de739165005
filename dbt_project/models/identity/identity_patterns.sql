-- Grain: one row per pattern of levels that a candidate pair shows: what training reads.
with comparisons as (
    select * from {{ ref('identity_comparisons') }}
),

final as (
    select
        pattern_code,
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        phone_level,
        address_level,
        count(*) as number_of_pairs
    from comparisons
    group by
        pattern_code,
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        phone_level,
        address_level
)

select * from final
