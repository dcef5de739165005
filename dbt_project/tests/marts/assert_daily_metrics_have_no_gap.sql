-- Invariant: daily_metrics has a row for every day from the first business date to the as-of date,
-- and every customer is new on exactly one of them.
-- A missing day would shorten moving averages and hide an outage of a feed.
with as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

days as (
    select
        count(*) as day_count,
        min(metric_date) as first_day,
        max(metric_date) as last_day,
        coalesce(sum(new_customers), 0) as new_customers
    from {{ ref('daily_metrics') }}
),

customers as (
    select count(*) as customers
    from {{ ref('customer_metrics') }}
)

select
    days.day_count,
    days.first_day,
    days.last_day,
    days.new_customers
from days
cross join as_of
cross join customers
where
    days.first_day <> as_of.first_business_date
    or days.last_day <> as_of.as_of_date
    or days.day_count <> {{ days_between('as_of.first_business_date', 'as_of.as_of_date') }} + 1
    or days.new_customers <> customers.customers
