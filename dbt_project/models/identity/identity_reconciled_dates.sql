-- Grain: one row per component and pair of different birth dates that a link in it joins.
-- Evidence that links two records despite their dates says that one of the dates is wrong. It says
-- so of these dates, not of the two records alone: others with the same are no more in conflict.
with pairs as (
    select * from {{ ref('identity_component_pairs') }}
    where is_linked
),

records as (
    select
        record_number,
        birth_day
    from {{ ref('identity_comparable_records') }}
    where birth_day is not null
),

final as (
    select distinct
        pairs.component_key,
        least(left_records.birth_day, right_records.birth_day) as earlier_day,
        greatest(left_records.birth_day, right_records.birth_day) as later_day
    from pairs
    inner join records as left_records
        on pairs.left_number = left_records.record_number
    inner join records as right_records
        on
            pairs.right_number = right_records.record_number
            and left_records.birth_day <> right_records.birth_day
)

select * from final
