-- Invariant: each weekly cohort has one row for every week from its first to the as-of date's, all
-- of it active in week 0; and the cohorts hold as many customers, with as much revenue, as the
-- monthly ones. A missing week would read as unobserved, a later one as churn nobody has seen.
with as_of as (
    select dates.week_start_date as last_week
    from {{ ref('int_as_of_date_resolved') }} as as_of_dates
    inner join {{ ref('dim_dates') }} as dates
        on as_of_dates.as_of_date = dates.date_day
),

cohorts as (
    select
        cohort_week,
        cohort_size,
        count(*) as weeks,
        max(activity_week) as last_activity_week,
        max(weeks_since_first_purchase) as last_weeks_since,
        sum(revenue) as revenue,
        max(case when weeks_since_first_purchase = 0 then active_customers end) as first_active
    from {{ ref('weekly_cohort_retention') }}
    group by cohort_week, cohort_size
),

weekly as (
    select
        coalesce(sum(cohort_size), 0) as customers,
        coalesce(sum(revenue), 0) as revenue
    from cohorts
),

monthly as (
    select
        coalesce(sum(case when months_since_first_purchase = 0 then cohort_size end), 0)
            as customers,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('cohort_retention') }}
)

select
    'a week is missing' as problem,
    cohorts.weeks as found
from cohorts
cross join as_of
where
    cohorts.weeks <> cohorts.last_weeks_since + 1
    or cohorts.last_activity_week <> as_of.last_week
    or cohorts.first_active is distinct from cohorts.cohort_size
union all
select
    'weeks and months disagree' as problem,
    weekly.customers as found
from weekly
cross join monthly
where
    weekly.customers <> monthly.customers
    or weekly.revenue <> monthly.revenue
