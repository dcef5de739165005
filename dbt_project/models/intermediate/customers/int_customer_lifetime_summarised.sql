-- Grain: one row per customer with at least one counted purchase up to the as-of date.
-- A purchase of the lifetime models is a day with purchases; the first one starts their clock, so
-- only what was spent on later days tells the amount of a repeat purchase.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

first_days_summed as (
    select
        customers.customer_id,
        sum(transactions.amount) as first_day_spend
    from customers
    inner join transactions
        on
            customers.customer_id = transactions.customer_id
            and customers.first_purchase_date = transactions.transaction_date
    where transactions.exclusion_reason is null
    group by customers.customer_id
),

final as (
    select
        customers.customer_id,
        customers.as_of_date,
        customers.first_purchase_date,
        customers.last_purchase_date,
        customers.repeat_purchase_days,
        customers.days_first_to_last_purchase,
        customers.days_since_first_purchase,
        customers.purchase_days,
        customers.gross_spend,
        customers.gross_spend - first_days_summed.first_day_spend as repeat_spend
    from customers
    inner join first_days_summed
        on customers.customer_id = first_days_summed.customer_id
)

select * from final
