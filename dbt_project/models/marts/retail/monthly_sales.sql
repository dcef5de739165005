-- Grain: one row per month from the first business date to the as-of date, quiet months included.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

months as (
    select distinct
        dates.month_start_date,
        dates.month_end_date,
        dates.year_number,
        dates.quarter_number,
        dates.month_number,
        dates.month_end_date <= as_of.as_of_date as is_complete
    from dates
    inner join as_of
        on dates.date_day <= as_of.as_of_date
),

sold as (
    select
        {{ month_start('transaction_date') }} as month_start_date,
        count(*) as transactions,
        count(distinct customer_id) as customers,
        sum(quantity) as quantity,
        sum(amount) as revenue
    from transactions
    group by {{ month_start('transaction_date') }}
),

measured as (
    select
        months.month_start_date,
        months.year_number,
        months.quarter_number,
        months.month_number,
        months.is_complete,
        coalesce(sold.transactions, 0) as transactions,
        coalesce(sold.customers, 0) as customers,
        coalesce(sold.quantity, 0) as quantity,
        coalesce(sold.revenue, 0) as revenue,
        lag(coalesce(sold.revenue, 0)) over (
            order by months.month_start_date asc
        ) as previous_revenue
    from months
    left join sold
        on months.month_start_date = sold.month_start_date
),

final as (
    select
        month_start_date,
        year_number,
        quarter_number,
        month_number,
        is_complete,
        transactions,
        customers,
        quantity,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(transactions, 0) as numeric(14, 2)) as average_transaction_amount,
        cast(revenue - previous_revenue as numeric(20, 2)) as revenue_change
    from measured
)

select * from final
