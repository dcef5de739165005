-- Grain: one row per cohort (week of the first purchase) and week since.
-- As cohort_retention by ISO weeks, from Monday: for what shows within weeks, such as a campaign's
-- new customers. The triangle ends at the as-of date's week; later weeks are absent, not zero.
{% set sunday = add_days('week_start_date', '6') %}

with triangle as (
    select * from {{ cohort_triangle('week_start_date', sunday) }}
),

final as (
    select
        cohort_start as cohort_week,
        period_start as activity_week,
        periods_since_first_purchase as weeks_since_first_purchase,
        is_complete_period as is_complete_week,
        cohort_size,
        active_customers,
        cast(1.0 * active_customers / cohort_size as numeric(7, 6)) as retention_share,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(first_period_revenue, 0) as numeric(24, 6))
            as revenue_retention_ratio,
        cast(revenue / cohort_size as numeric(20, 2)) as revenue_per_customer
    from triangle
)

select * from final
