-- Grain: one row per month, segment at the end of the month before and segment at its end.
-- Who stayed is in it too; who made the first purchase in the month comes from no segment.
with segments as (
    select * from {{ ref('int_customer_month_segments_summarised') }}
),

counted as (
    select
        month_end_date,
        previous_segment as from_segment,
        segment as to_segment,
        count(*) as customers
    from segments
    where
        previous_segment is not null
        or first_purchase_date >= {{ month_start('month_end_date') }}
    group by month_end_date, previous_segment, segment
),

final as (
    select
        {{ month_start('month_end_date') }} as migration_month,
        month_end_date,
        from_segment,
        to_segment,
        customers,
        cast(sum(customers) over (partition by month_end_date, from_segment) as bigint)
            as customers_before,
        cast(
            1.0 * customers / sum(customers) over (partition by month_end_date, from_segment)
            as numeric(7, 6)
        ) as customers_share
    from counted
)

select * from final
