-- Grain: one row per component that is not taken as it is, with the grounds.
-- A chain of links can tie two people together by records that resemble both: some pair in it then
-- speaks against, or birth dates conflict that no link reconciles, or there are too many records.
-- Pairs of dates are looked at where records are few; many are contested anyway.
with components as (
    select * from {{ ref('identity_components') }}
),

records as (
    select
        records.record_number,
        records.birth_day,
        components.component_key
    from {{ ref('identity_comparable_records') }} as records
    inner join components
        on records.source_customer_key = components.source_customer_key
),

pairs as (
    select * from {{ ref('identity_component_pairs') }}
),

reconciled_dates as (
    select * from {{ ref('identity_reconciled_dates') }}
),

sizes as (
    select
        component_key,
        count(*) as number_of_records,
        count(distinct birth_day) as birth_days
    from records
    group by component_key
    having count(*) > 1
),

contradictory as (
    select component_key
    from pairs
    group by component_key
    having min(match_weight) < {{ var('identity_contradiction_weight') }}
),

dated_records as (
    select records.*
    from records
    inner join sizes
        on records.component_key = sizes.component_key
    where
        sizes.birth_days > 1
        and sizes.number_of_records <= {{ var('identity_max_cluster_records') }}
),

conflicting as (
    select left_records.component_key
    from dated_records as left_records
    inner join dated_records as right_records
        on
            left_records.component_key = right_records.component_key
            and left_records.birth_day < right_records.birth_day
    left join reconciled_dates
        on
            left_records.component_key = reconciled_dates.component_key
            and left_records.birth_day = reconciled_dates.earlier_day
            and right_records.birth_day = reconciled_dates.later_day
    where
        reconciled_dates.component_key is null
        and {{ birth_dates_conflict('left_records', 'right_records') }}
    group by left_records.component_key
),

grounds as (
    select
        sizes.component_key,
        sizes.number_of_records,
        contradictory.component_key is not null as is_contradictory,
        conflicting.component_key is not null as has_conflicting_birth_dates,
        sizes.number_of_records > {{ var('identity_max_cluster_records') }} as is_too_large
    from sizes
    left join contradictory
        on sizes.component_key = contradictory.component_key
    left join conflicting
        on sizes.component_key = conflicting.component_key
),

final as (
    select * from grounds
    where is_contradictory or has_conflicting_birth_dates or is_too_large
)

select * from final
