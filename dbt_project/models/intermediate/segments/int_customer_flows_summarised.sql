-- Grain: one row per month with anything to count: customers who came, came back, stayed or left.
-- A customer is active for `active_within_days` from each purchase, as in customer_360, and has
-- left when these are over. All gaps that long lie between the last purchase of one month and the
-- first of another, so months are enough to find them to the day.
with customer_months as (
    select * from {{ ref('int_customer_months_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

purchase_months as (
    select
        customer_id,
        activity_month,
        orders,
        first_purchase_date,
        {{ add_days('last_purchase_date', var('active_within_days')) }} as leaving_date,
        lag({{ add_days('last_purchase_date', var('active_within_days')) }}) over (
            partition by customer_id order by activity_month asc nulls last
        ) as previous_leaving_date,
        lag(activity_month) over (
            partition by customer_id order by activity_month asc nulls last
        ) as previous_month,
        lead(first_purchase_date) over (
            partition by customer_id order by activity_month asc nulls last
        ) as next_purchase_date
    from customer_months
    where orders > 0
),

events as (
    select
        activity_month as event_month,
        1 as active_customers,
        case when previous_month is null then 1 else 0 end as new_customers,
        case when previous_month is not null or orders > 1 then 1 else 0 end as repeat_customers,
        case
            when {{ months_between('previous_month', 'activity_month') }} = 1 then 1
            else 0
        end as retained_customers,
        case when first_purchase_date > previous_leaving_date then 1 else 0 end
            as reactivated_customers,
        0 as churned_customers
    from purchase_months
    union all
    select
        {{ month_start('purchase_months.leaving_date') }} as event_month,
        0 as active_customers,
        0 as new_customers,
        0 as repeat_customers,
        0 as retained_customers,
        0 as reactivated_customers,
        1 as churned_customers
    from purchase_months
    cross join as_of
    where
        purchase_months.leaving_date <= as_of.as_of_date
        and coalesce(purchase_months.next_purchase_date > purchase_months.leaving_date, true)
),

flows as (
    select
        event_month,
        sum(active_customers) as active_customers,
        sum(new_customers) as new_customers,
        sum(repeat_customers) as repeat_customers,
        sum(retained_customers) as retained_customers,
        sum(reactivated_customers) as reactivated_customers,
        sum(churned_customers) as churned_customers
    from events
    group by event_month
),

spend as (
    select
        activity_month,
        sum(gross_spend) as gross_spend,
        sum(refunded_amount) as refunded_amount
    from customer_months
    group by activity_month
),

final as (
    select
        coalesce(flows.event_month, spend.activity_month) as activity_month,
        coalesce(flows.active_customers, 0) as active_customers,
        coalesce(flows.new_customers, 0) as new_customers,
        coalesce(flows.repeat_customers, 0) as repeat_customers,
        coalesce(flows.retained_customers, 0) as retained_customers,
        coalesce(flows.reactivated_customers, 0) as reactivated_customers,
        coalesce(flows.churned_customers, 0) as churned_customers,
        coalesce(spend.gross_spend, 0) as gross_spend,
        coalesce(spend.refunded_amount, 0) as refunded_amount
    from flows
    full outer join spend
        on flows.event_month = spend.activity_month
)

select * from final
