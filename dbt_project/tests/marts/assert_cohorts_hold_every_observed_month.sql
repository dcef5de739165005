-- Invariant: each cohort has one row for every month from its first to the as-of date's, no later
-- one, everybody active in month 0; and cohorts hold every customer with a purchase.
-- A missing month would read as unobserved, a later one as churn that nobody has seen.
with as_of as (
    select {{ month_start('as_of_date') }} as last_month
    from {{ ref('int_as_of_date_resolved') }}
),

cohorts as (
    select
        cohort_month,
        cohort_size,
        count(*) as months,
        max(activity_month) as last_activity_month,
        max(case when months_since_first_purchase = 0 then active_customers end) as first_active
    from {{ ref('cohort_retention') }}
    group by cohort_month, cohort_size
),

customers as (
    select count(*) as customers
    from {{ ref('customer_metrics') }}
),

broken_cohorts as (
    select
        cohorts.cohort_month,
        cohorts.months
    from cohorts
    cross join as_of
    where
        cohorts.months <> {{ months_between('cohorts.cohort_month', 'as_of.last_month') }} + 1
        or cohorts.last_activity_month <> as_of.last_month
        or cohorts.first_active is distinct from cohorts.cohort_size
),

lost_customers as (
    select
        cast(null as date) as cohort_month,
        max(customers.customers) - coalesce(sum(cohorts.cohort_size), 0) as months
    from customers
    left join cohorts
        on cohorts.cohort_size > 0
    having max(customers.customers) <> coalesce(sum(cohorts.cohort_size), 0)
)

select * from broken_cohorts
union all
select * from lost_customers
