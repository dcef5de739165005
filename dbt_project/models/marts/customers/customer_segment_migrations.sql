-- Grain: one row per customer and month in which the customer changed segments or made the first
-- purchase.
-- In the first month of the window nothing is known of the month before: only the new are in it.
with segments as (
    select * from {{ ref('int_customer_month_segments_summarised') }}
),

segment_points as (
    select * from {{ ref('health_segment_points') }}
),

final as (
    select
        segments.customer_id,
        {{ month_start('segments.month_end_date') }} as migration_month,
        segments.month_end_date,
        segments.previous_segment as from_segment,
        segments.segment as to_segment,
        to_points.points - from_points.points as points_change,
        case
            when segments.previous_segment is null then 'New'
            when to_points.points > from_points.points then 'Up'
            when to_points.points < from_points.points then 'Down'
            else 'Level'
        end as direction
    from segments
    left join segment_points as from_points
        on segments.previous_segment = from_points.segment
    left join segment_points as to_points
        on segments.segment = to_points.segment
    where
        segments.segment <> segments.previous_segment
        or (
            segments.previous_segment is null
            and segments.first_purchase_date >= {{ month_start('segments.month_end_date') }}
        )
)

select * from final
