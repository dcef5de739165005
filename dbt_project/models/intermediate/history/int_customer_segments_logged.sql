-- Grain: one row per customer and change of segment that a run has seen.
-- Rows are only ever added: what was said of a customer yesterday cannot be built again from the
-- records of today. A customer who is gone, merged into another, gets a last row that says so. A
-- replay of a day before the newest one noted adds nothing: the past must not follow the present.
{% set logged_columns = [
    'customer_id', 'value_segment', 'rfm_segment', 'rfm_segment_simple', 'valid_from',
    'recorded_at', 'is_removed',
] %}

with value_segments as (
    select * from {{ ref('int_customer_value_segments_summarised') }}
),

rfm as (
    select * from {{ ref('int_customer_rfm_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

states as (
    select
        value_segments.customer_id,
        value_segments.value_segment,
        rfm.segment as rfm_segment,
        rfm.segment_simple as rfm_segment_simple,
        as_of.as_of_date as valid_from,
        {{ run_started_at_instant() }} as recorded_at,
        false as is_removed
    from value_segments
    cross join as_of
    left join rfm
        on value_segments.customer_id = rfm.customer_id
),

logged as (
    select * from {{ rows_logged_so_far(logged_columns, 'states') }}
),

logged_ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by valid_from desc nulls last, recorded_at desc nulls last
        ) as recency
    from logged
),

latest as (
    select * from logged_ranked
    where recency = 1
),

newest as (
    select max(valid_from) as newest_logged_date
    from logged
),

changed as (
    select states.*
    from states
    left join latest
        on states.customer_id = latest.customer_id
    where
        latest.customer_id is null
        or latest.is_removed
        or latest.value_segment is distinct from states.value_segment
        or latest.rfm_segment is distinct from states.rfm_segment
        or latest.rfm_segment_simple is distinct from states.rfm_segment_simple
),

removed as (
    select
        latest.customer_id,
        latest.value_segment,
        latest.rfm_segment,
        latest.rfm_segment_simple,
        as_of.as_of_date as valid_from,
        {{ run_started_at_instant() }} as recorded_at,
        true as is_removed
    from latest
    cross join as_of
    left join states
        on latest.customer_id = states.customer_id
    where states.customer_id is null and not latest.is_removed
),

unioned as (
    select * from changed
    union all
    select * from removed
),

final as (
    select unioned.*
    from unioned
    cross join newest
    where
        newest.newest_logged_date is null
        or unioned.valid_from >= newest.newest_logged_date
)

select * from final
