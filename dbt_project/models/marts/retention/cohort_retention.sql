-- Grain: one row per cohort (month of the first purchase) and month since.
-- The triangle ends at the as-of date's month: later months are absent, not zero, while a month in
-- which nobody came back is there with zero.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

customers as (
    select
        customer_id,
        as_of_date,
        {{ month_start('first_purchase_date') }} as cohort_month
    from {{ ref('int_customer_orders_summarised') }}
),

months as (
    select distinct
        month_start_date,
        month_end_date
    from {{ ref('dim_dates') }}
),

cohorts as (
    select
        cohort_month,
        as_of_date,
        count(*) as cohort_size
    from customers
    group by cohort_month, as_of_date
),

observed as (
    select
        cohorts.cohort_month,
        months.month_start_date as activity_month,
        {{ months_between('cohorts.cohort_month', 'months.month_start_date') }}
            as months_since_first_purchase,
        cohorts.cohort_size,
        months.month_end_date <= cohorts.as_of_date as is_complete_month
    from cohorts
    inner join months
        on
            cohorts.cohort_month <= months.month_start_date
            and cohorts.as_of_date >= months.month_start_date
),

activity as (
    select
        customers.cohort_month,
        {{ month_start('transactions.transaction_date') }} as activity_month,
        count(distinct transactions.customer_id) as active_customers,
        sum(transactions.amount) as revenue
    from transactions
    inner join customers
        on transactions.customer_id = customers.customer_id
    group by
        customers.cohort_month,
        {{ month_start('transactions.transaction_date') }}
),

triangle as (
    select
        observed.cohort_month,
        observed.activity_month,
        observed.months_since_first_purchase,
        observed.is_complete_month,
        observed.cohort_size,
        coalesce(activity.active_customers, 0) as active_customers,
        coalesce(activity.revenue, 0) as revenue,
        max(
            case when observed.months_since_first_purchase = 0 then activity.revenue end
        ) over (partition by observed.cohort_month) as first_month_revenue,
        sum(coalesce(activity.revenue, 0)) over (
            partition by observed.cohort_month order by observed.activity_month asc nulls last
        ) as cumulative_revenue
    from observed
    left join activity
        on
            observed.cohort_month = activity.cohort_month
            and observed.activity_month = activity.activity_month
),

final as (
    select
        cohort_month,
        activity_month,
        months_since_first_purchase,
        is_complete_month,
        cohort_size,
        active_customers,
        cast(1.0 * active_customers / cohort_size as numeric(7, 6)) as retention_share,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(first_month_revenue, 0) as numeric(24, 6))
            as revenue_retention_ratio,
        cast(revenue / cohort_size as numeric(20, 2)) as revenue_per_customer,
        cast(cumulative_revenue as numeric(20, 2)) as cumulative_revenue,
        cast(cumulative_revenue / cohort_size as numeric(20, 2))
            as cumulative_revenue_per_customer
    from triangle
)

select * from final
