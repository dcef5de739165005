-- Grain: one row per day from the first business date to the as-of date, quiet days included.
-- Refunds count on the day of the return, not of the purchase that they undo.
with dates as (
    select * from {{ ref('dim_dates') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

transactions as (
    select * from {{ ref('fct_transactions') }}
),

returns as (
    select * from {{ ref('fct_returns') }}
),

customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

support_interactions as (
    select * from {{ ref('fct_support_interactions') }}
),

campaign_spend as (
    select * from {{ ref('fct_campaign_spend') }}
),

daily_purchases as (
    select
        transaction_date,
        count(*) as transactions,
        count(*) filter (where customer_id is null) as unidentified_transactions,
        sum(quantity) as units,
        sum(amount) as gross_revenue,
        count(distinct customer_id) as customers
    from transactions
    group by transaction_date
),

daily_returns as (
    select
        return_date,
        count(*) as returns,
        sum(amount) as refunded_amount
    from returns
    group by return_date
),

daily_new_customers as (
    select
        first_purchase_date,
        count(*) as new_customers
    from customers
    group by first_purchase_date
),

daily_support_contacts as (
    select
        opened_date,
        count(*) as support_contacts
    from support_interactions
    group by opened_date
),

daily_spend as (
    select
        spend_date,
        sum(spend) as marketing_spend
    from campaign_spend
    group by spend_date
),

final as (
    select
        dates.date_day as metric_date,
        cast(
            daily_purchases.gross_revenue / daily_purchases.transactions as numeric(14, 2)
        ) as average_order_value,
        cast(
            avg(
                coalesce(daily_purchases.gross_revenue, 0)
                - coalesce(daily_returns.refunded_amount, 0)
            ) over (
                order by dates.date_day asc nulls last rows between 6 preceding and current row
            ) as numeric(20, 2)
        ) as net_revenue_7_day_average,
        coalesce(daily_purchases.transactions, 0) as transactions,
        coalesce(daily_purchases.unidentified_transactions, 0) as unidentified_transactions,
        coalesce(daily_purchases.units, 0) as units,
        coalesce(daily_purchases.gross_revenue, 0) as gross_revenue,
        coalesce(daily_returns.returns, 0) as returns,
        coalesce(daily_returns.refunded_amount, 0) as refunded_amount,
        coalesce(daily_purchases.customers, 0) as customers,
        coalesce(daily_new_customers.new_customers, 0) as new_customers,
        coalesce(daily_support_contacts.support_contacts, 0) as support_contacts,
        coalesce(daily_spend.marketing_spend, 0) as marketing_spend,
        coalesce(daily_purchases.customers, 0) - coalesce(daily_new_customers.new_customers, 0)
            as returning_customers,
        coalesce(daily_purchases.gross_revenue, 0)
        - coalesce(daily_returns.refunded_amount, 0) as net_revenue
    from dates
    inner join as_of
        on dates.date_day <= as_of.as_of_date
    left join daily_purchases
        on dates.date_day = daily_purchases.transaction_date
    left join daily_returns
        on dates.date_day = daily_returns.return_date
    left join daily_new_customers
        on dates.date_day = daily_new_customers.first_purchase_date
    left join daily_support_contacts
        on dates.date_day = daily_support_contacts.opened_date
    left join daily_spend
        on dates.date_day = daily_spend.spend_date
)

select * from final
