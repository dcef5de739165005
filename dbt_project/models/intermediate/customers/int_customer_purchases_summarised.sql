-- Grain: one row per customer with at least one counted purchase up to the as-of date.
with transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

as_of as (
    select
        as_of_date,
        {{ add_days('as_of_date', '-' ~ var('spending_trend_window_days')) }}
            as recent_starts_after,
        {{ add_days('as_of_date', '-2 * ' ~ var('spending_trend_window_days')) }}
            as prior_starts_after
    from {{ ref('int_as_of_date_resolved') }}
),

purchases as (
    select
        customer_id,
        transaction_date,
        quantity,
        amount
    from transactions
    where
        exclusion_reason is null
        and customer_id is not null
),

purchases_summed as (
    select
        purchases.customer_id,
        as_of.as_of_date,
        min(purchases.transaction_date) as first_purchase_date,
        max(purchases.transaction_date) as last_purchase_date,
        count(*) as orders,
        count(distinct purchases.transaction_date) as purchase_days,
        sum(purchases.quantity) as units,
        sum(purchases.amount) as gross_spend,
        stddev_samp(purchases.amount) as order_amount_deviation,
        coalesce(sum(purchases.amount) filter (
            where purchases.transaction_date > as_of.recent_starts_after
        ), 0) as recent_spend,
        coalesce(sum(purchases.amount) filter (
            where
            purchases.transaction_date > as_of.prior_starts_after
            and purchases.transaction_date <= as_of.recent_starts_after
        ), 0) as prior_spend
    from purchases
    cross join as_of
    group by purchases.customer_id, as_of.as_of_date
)

select * from purchases_summed
