-- Grain: one row per cohort (month of the first purchase) and month since.
-- The triangle ends at the as-of date's month: later months are absent, not zero, while a month in
-- which nobody came back is there with zero.
with triangle as (
    select * from {{ cohort_triangle('month_start_date', 'month_end_date') }}
),

final as (
    select
        cohort_start as cohort_month,
        period_start as activity_month,
        periods_since_first_purchase as months_since_first_purchase,
        is_complete_period as is_complete_month,
        cohort_size,
        active_customers,
        cast(1.0 * active_customers / cohort_size as numeric(7, 6)) as retention_share,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(first_period_revenue, 0) as numeric(24, 6))
            as revenue_retention_ratio,
        cast(revenue / cohort_size as numeric(20, 2)) as revenue_per_customer,
        cast(cumulative_revenue as numeric(20, 2)) as cumulative_revenue,
        cast(cumulative_revenue / cohort_size as numeric(20, 2))
            as cumulative_revenue_per_customer
    from triangle
)

select * from final
