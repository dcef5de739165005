-- Grain: one row per cohort (week of the first purchase) and week since.
-- As cohort_retention by ISO weeks, from Monday: for what shows within weeks, such as a campaign's
-- new customers. The triangle ends at the as-of date's week; later weeks are absent, not zero.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

customers as (
    select
        orders.customer_id,
        orders.as_of_date,
        dates.week_start_date as cohort_week
    from {{ ref('int_customer_orders_summarised') }} as orders
    inner join dates
        on orders.first_purchase_date = dates.date_day
),

weeks as (
    select distinct week_start_date
    from dates
),

cohorts as (
    select
        cohort_week,
        as_of_date,
        count(*) as cohort_size
    from customers
    group by cohort_week, as_of_date
),

observed as (
    select
        cohorts.cohort_week,
        weeks.week_start_date as activity_week,
        cohorts.cohort_size,
        {{ integer_divide(days_between('cohorts.cohort_week', 'weeks.week_start_date'), '7') }}
            as weeks_since_first_purchase,
        {{ add_days('weeks.week_start_date', '6') }} <= cohorts.as_of_date as is_complete_week
    from cohorts
    inner join weeks
        on
            cohorts.cohort_week <= weeks.week_start_date
            and cohorts.as_of_date >= weeks.week_start_date
),

activity as (
    select
        customers.cohort_week,
        dates.week_start_date as activity_week,
        count(distinct transactions.customer_id) as active_customers,
        sum(transactions.amount) as revenue
    from transactions
    inner join customers
        on transactions.customer_id = customers.customer_id
    inner join dates
        on transactions.transaction_date = dates.date_day
    group by customers.cohort_week, dates.week_start_date
),

triangle as (
    select
        observed.*,
        coalesce(activity.active_customers, 0) as active_customers,
        coalesce(activity.revenue, 0) as revenue,
        max(
            case when observed.weeks_since_first_purchase = 0 then activity.revenue end
        ) over (partition by observed.cohort_week) as first_week_revenue
    from observed
    left join activity
        on
            observed.cohort_week = activity.cohort_week
            and observed.activity_week = activity.activity_week
),

final as (
    select
        cohort_week,
        activity_week,
        weeks_since_first_purchase,
        is_complete_week,
        cohort_size,
        active_customers,
        cast(1.0 * active_customers / cohort_size as numeric(7, 6)) as retention_share,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(first_week_revenue, 0) as numeric(24, 6))
            as revenue_retention_ratio,
        cast(revenue / cohort_size as numeric(20, 2)) as revenue_per_customer
    from triangle
)

select * from final
