-- Grain: one row per customer and month end since the first purchase, in the window of the history:
-- what the customer had done by then, as a build of that day would have seen it.
with customer_months as (
    select * from {{ ref('int_customer_months_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

days as (
    select
        as_of_date,
        {{ date_series('first_business_date', 'as_of_date') }} as date_day
    from as_of
),

month_ends as (
    select date_day as month_end_date
    from days
    where
        date_day = {{ dbt.last_day('date_day', 'month') }}
        and {{ months_between('date_day', 'as_of_date') }} <= {{ var('segment_history_months') }}
),

-- Each month with activity begins a state, which lasts until the next one begins.
states as (
    select
        customer_id,
        activity_month,
        lead(activity_month) over (
            partition by customer_id order by activity_month asc nulls last
        ) as next_activity_month,
        min(first_purchase_date) over (
            partition by customer_id order by activity_month asc nulls last
        ) as first_purchase_date,
        max(last_purchase_date) over (
            partition by customer_id order by activity_month asc nulls last
        ) as last_purchase_date,
        sum(orders) over (
            partition by customer_id order by activity_month asc nulls last
        ) as orders,
        sum(gross_spend - refunded_amount) over (
            partition by customer_id order by activity_month asc nulls last
        ) as net_spend
    from customer_months
),

customer_month_ends as (
    select
        states.customer_id,
        month_ends.month_end_date,
        states.first_purchase_date,
        states.last_purchase_date,
        states.orders,
        states.net_spend,
        {{ days_between('states.last_purchase_date', 'month_ends.month_end_date') }}
            as recency_days
    from states
    inner join month_ends
        on
            states.activity_month <= month_ends.month_end_date
            and (
                states.next_activity_month > month_ends.month_end_date
                or states.next_activity_month is null
            )
    where states.orders > 0
)

select * from customer_month_ends
