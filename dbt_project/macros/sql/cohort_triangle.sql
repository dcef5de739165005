{% macro cohort_triangle(period_start, period_end) -%}
    (
        with dates as (
            select
                date_day,
                {{ period_start }} as period_start
            from {{ ref('dim_dates') }}
        ),

        periods as (
            select distinct
                {{ period_start }} as period_start,
                {{ period_end }} as period_end
            from {{ ref('dim_dates') }}
        ),

        customers as (
            select
                orders.customer_id,
                orders.as_of_date,
                dates.period_start as cohort_start
            from {{ ref('int_customer_orders_summarised') }} as orders
            inner join dates
                on orders.first_purchase_date = dates.date_day
        ),

        cohorts as (
            select
                cohort_start,
                as_of_date,
                count(*) as cohort_size
            from customers
            group by cohort_start, as_of_date
        ),

        observed as (
            select
                cohorts.cohort_start,
                periods.period_start,
                cohorts.cohort_size,
                periods.period_end <= cohorts.as_of_date as is_complete_period,
                cast(
                    row_number() over (
                        partition by cohorts.cohort_start
                        order by periods.period_start asc nulls last
                    ) as {{ dbt.type_int() }}
                ) - 1 as periods_since_first_purchase
            from cohorts
            inner join periods
                on
                    cohorts.cohort_start <= periods.period_start
                    and cohorts.as_of_date >= periods.period_start
        ),

        activity as (
            select
                customers.cohort_start,
                dates.period_start,
                count(distinct transactions.customer_id) as active_customers,
                sum(transactions.amount) as revenue
            from {{ ref('fct_transactions') }} as transactions
            inner join customers
                on transactions.customer_id = customers.customer_id
            inner join dates
                on transactions.transaction_date = dates.date_day
            group by customers.cohort_start, dates.period_start
        )

        select
            observed.*,
            coalesce(activity.active_customers, 0) as active_customers,
            coalesce(activity.revenue, 0) as revenue,
            max(
                case when observed.periods_since_first_purchase = 0 then activity.revenue end
            ) over (partition by observed.cohort_start) as first_period_revenue,
            sum(coalesce(activity.revenue, 0)) over (
                partition by observed.cohort_start order by observed.period_start asc nulls last
            ) as cumulative_revenue
        from observed
        left join activity
            on
                observed.cohort_start = activity.cohort_start
                and observed.period_start = activity.period_start
    ) as cohort_periods
{%- endmacro %}
