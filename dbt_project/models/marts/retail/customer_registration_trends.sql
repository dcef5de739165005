-- Grain: one row per month and country in which a customer was first recorded.
-- A customer whose records carry no date has no month and is not here.
with customers as (
    select * from {{ ref('dim_customers') }}
),

countries as (
    select * from {{ ref('countries') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

registered as (
    select
        {{ month_start(utc_date('customers.first_record_at')) }} as month_start_date,
        coalesce(customers.country_code, '{{ var('unknown_country_code') }}') as country_code
    from customers
    inner join as_of
        on {{ utc_date('customers.first_record_at') }} <= as_of.as_of_date
),

counted as (
    select
        month_start_date,
        country_code,
        count(*) as new_customers
    from registered
    group by month_start_date, country_code
),

final as (
    select
        counted.month_start_date,
        counted.country_code,
        counted.new_customers,
        {{ calendar_part('year', 'counted.month_start_date') }} as year_number,
        {{ calendar_part('quarter', 'counted.month_start_date') }} as quarter_number,
        {{ calendar_part('month', 'counted.month_start_date') }} as month_number,
        coalesce(countries.country_name, '{{ var('unknown_name') }}') as country_name,
        cast(
            sum(counted.new_customers) over (
                partition by counted.country_code
                order by counted.month_start_date asc
                rows between unbounded preceding and current row
            ) as bigint
        ) as customers_so_far
    from counted
    left join countries
        on counted.country_code = countries.country_code
)

select * from final
