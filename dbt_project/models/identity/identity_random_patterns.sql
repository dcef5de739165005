-- Grain: one row per pattern of levels among pairs of records drawn at random: how strangers agree.
-- A view, as only training asks. Records are numbered in an order that hashing shuffled, so the
-- record so many places on is as good as any; the steps are spread over the ring by a fixed stride.
-- Few records are not drawn over and over: what they can tell of strangers is soon told.
with records as (
    select * from {{ ref('identity_comparable_records') }}
),

records_counted as (
    select count(*) as number_of_records from records
),

steps as (
    select
        numbered.record_number as step_number,
        1 + (numbered.record_number * 7919) % greatest(records_counted.number_of_records - 1, 1)
            as places
    from records as numbered
    cross join records_counted
    where
        numbered.record_number
        <= least(
            (records_counted.number_of_records - 1) / 2.0,
            {{ var('identity_random_pairs_per_record') }},
            ceil({{ var('identity_random_pairs') }} * 1.0 / records_counted.number_of_records)
        )
),

compared as (
    select
        {{ comparison_levels('left_records', 'right_records') }}
    from {{ ref('identity_comparable_records') }} as left_records
    cross join steps
    cross join records_counted
    inner join {{ ref('identity_comparable_records') }} as right_records
        on
            right_records.record_number
            = (left_records.record_number + steps.places - 1) % records_counted.number_of_records
            + 1
    where left_records.record_number <> right_records.record_number
),

final as (
    select
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        phone_level,
        address_level,
        count(*) as number_of_pairs
    from compared
    group by
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        phone_level,
        address_level
)

select * from final
