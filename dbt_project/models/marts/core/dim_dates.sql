-- Grain: one row per day, from the first business date to the end of the as-of date's year.
with as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

bounds as (
    select
        first_business_date,
        {{ dbt.last_day('as_of_date', 'year') }} as last_day
    from as_of
),

days as (
    select {{ date_series('first_business_date', 'last_day') }} as date_day
    from bounds
),

parts as (
    select
        date_day,
        {{ calendar_part('year', 'date_day') }} as year_number,
        {{ calendar_part('quarter', 'date_day') }} as quarter_number,
        {{ calendar_part('month', 'date_day') }} as month_number,
        {{ calendar_part('day', 'date_day') }} as day_of_month,
        {{ calendar_part('iso_year', 'date_day') }} as iso_year,
        {{ calendar_part('iso_week', 'date_day') }} as iso_week,
        {{ calendar_part('iso_day_of_week', 'date_day') }} as day_of_week,
        {{ month_start('date_day') }} as month_start_date,
        {{ dbt.last_day('date_day', 'month') }} as month_end_date
    from days
),

dates as (
    select
        date_day,
        year_number,
        quarter_number,
        month_number,
        month_start_date,
        month_end_date,
        day_of_month,
        iso_year,
        iso_week,
        day_of_week,
        {{ add_days('date_day', '1 - day_of_week') }} as week_start_date,
        day_of_week >= 6 as is_weekend,
        case
            when month_number in (12, 1, 2) then 'Winter'
            when month_number in (3, 4, 5) then 'Spring'
            when month_number in (6, 7, 8) then 'Summer'
            else 'Autumn'
        end as season
    from parts
)

select * from dates
