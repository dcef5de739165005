-- Grain: one row. The day that every model takes for today; nothing reads the clock.
-- Rows dated later do not exist for the marts, so a run can be replayed for any past day.
with business_dates as (
    select * from {{ ref('int_business_dates_unioned') }}
),

newest as (
    select
        min(business_date) as first_business_date,
        max(business_date) as newest_business_date
    from business_dates
),

resolved as (
    select
        first_business_date,
        newest_business_date,
        coalesce({{ date_literal(var('as_of_date')) }}, newest_business_date) as as_of_date
    from newest
)

select * from resolved
