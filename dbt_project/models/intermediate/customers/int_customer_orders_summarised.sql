-- Grain: one row per customer with at least one counted purchase up to the as-of date.
-- Every mart takes its customer numbers from here, so that no two can disagree.
with purchases as (
    select * from {{ ref('int_customer_purchases_summarised') }}
),

refunds as (
    select * from {{ ref('int_customer_refunds_summarised') }}
),

channels as (
    select * from {{ ref('int_customer_channels_summarised') }}
),

spans_measured as (
    select
        *,
        purchase_days - 1 as repeat_purchase_days,
        {{ days_between('first_purchase_date', 'last_purchase_date') }}
            as days_first_to_last_purchase,
        {{ days_between('first_purchase_date', 'as_of_date') }} as days_since_first_purchase,
        {{ days_between('last_purchase_date', 'as_of_date') }} as days_since_last_purchase
    from purchases
),

customers as (
    select
        spans_measured.customer_id,
        spans_measured.as_of_date,
        spans_measured.first_purchase_date,
        spans_measured.last_purchase_date,
        spans_measured.orders,
        spans_measured.purchase_days,
        spans_measured.repeat_purchase_days,
        spans_measured.days_first_to_last_purchase,
        spans_measured.days_since_first_purchase,
        spans_measured.days_since_last_purchase,
        spans_measured.units,
        spans_measured.gross_spend,
        spans_measured.order_amount_deviation,
        spans_measured.recent_spend,
        spans_measured.prior_spend,
        channels.channel as preferred_channel,
        1.0 * spans_measured.days_first_to_last_purchase
        / nullif(spans_measured.repeat_purchase_days, 0) as average_days_between_purchases,
        spans_measured.gross_spend / spans_measured.orders as average_order_value,
        coalesce(refunds.returns, 0) as returns,
        coalesce(refunds.refunded_amount, 0) as refunded_amount,
        spans_measured.gross_spend - coalesce(refunds.refunded_amount, 0) as net_spend
    from spans_measured
    left join refunds
        on spans_measured.customer_id = refunds.customer_id
    left join channels
        on
            spans_measured.customer_id = channels.customer_id
            and channels.preference = 1
)

select * from customers
