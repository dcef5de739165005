-- Grain: one row per customer with at least one counted purchase up to the as-of date.
-- A purchase of the lifetime models is a day with purchases; the first one starts their clock, so
-- only what was spent on later days tells the amount of a repeat purchase. Vehicles and service
-- follow another rhythm: they count only where a customer bought nothing else, whom no model knows.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
    where exclusion_reason is null and customer_id is not null
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

purchases as (
    select
        customer_id,
        transaction_date,
        amount,
        coalesce(channel, '') not in ({{ text_list(var('lifetime_excluded_channels')) }})
            as is_recurring
    from transactions
),

purchases_known as (
    select
        *,
        max(case when is_recurring then 1 else 0 end) over (partition by customer_id) = 1
            as is_modelled
    from purchases
),

days as (
    select
        customer_id,
        is_modelled,
        transaction_date,
        sum(amount) as amount,
        min(transaction_date) over (partition by customer_id) as first_purchase_date
    from purchases_known
    where is_recurring or not is_modelled
    group by customer_id, is_modelled, transaction_date
),

summarised as (
    select
        customer_id,
        is_modelled,
        first_purchase_date,
        max(transaction_date) as last_purchase_date,
        count(*) as purchase_days,
        sum(amount) as gross_spend,
        sum(case when transaction_date > first_purchase_date then amount else 0.00 end)
            as repeat_spend
    from days
    group by customer_id, is_modelled, first_purchase_date
),

final as (
    select
        summarised.customer_id,
        as_of.as_of_date,
        summarised.is_modelled,
        summarised.first_purchase_date,
        summarised.last_purchase_date,
        summarised.purchase_days - 1 as repeat_purchase_days,
        {{ days_between('summarised.first_purchase_date', 'summarised.last_purchase_date') }}
            as days_first_to_last_purchase,
        {{ days_between('summarised.first_purchase_date', 'as_of.as_of_date') }}
            as days_since_first_purchase,
        summarised.purchase_days,
        summarised.gross_spend,
        summarised.repeat_spend
    from summarised
    cross join as_of
)

select * from final
