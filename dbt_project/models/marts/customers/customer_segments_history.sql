-- Grain: one row per customer and stay in the same segments (slowly changing dimension, type 2).
-- Half-open intervals: a stay lasts from valid_from on, up to and without valid_to. Of several rows
-- of one day the last one stands: nothing smaller than a day is told apart.
with segments as (
    select * from {{ ref('int_customer_segments_logged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

segments_ranked as (
    select
        segments.*,
        as_of.as_of_date,
        row_number() over (
            partition by segments.customer_id, segments.valid_from
            order by segments.recorded_at desc nulls last
        ) as recency
    from segments
    cross join as_of
    where segments.valid_from <= as_of.as_of_date
),

intervals as (
    select
        *,
        row_number() over (
            partition by customer_id order by valid_from asc nulls last
        ) as version_number,
        lead(valid_from) over (
            partition by customer_id order by valid_from asc nulls last
        ) as valid_to
    from segments_ranked
    where recency = 1
),

final as (
    select
        customer_id || ':' || cast(version_number as {{ dbt.type_string() }})
            as segment_version_id,
        customer_id,
        version_number,
        valid_from,
        valid_to,
        valid_to is null as is_current,
        {{ days_between('valid_from', 'coalesce(valid_to, as_of_date)') }} as days_held,
        value_segment,
        rfm_segment,
        rfm_segment_simple,
        recorded_at
    from intervals
    where not is_removed
)

select * from final
