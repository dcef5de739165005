-- Grain: one row per feed of what happened in business and day that has happened by its load.
-- Records of customers are left out: they are entered and edited on days without any business.
with feed_dates as (
    select * from {{ ref('int_feed_dates_unioned') }}
),

dates_counted as (
    select
        feed,
        business_date,
        cast(sum(delivered_rows) as bigint) as delivered_rows
    from feed_dates
    where
        has_happened
        and feed not in (
            'shop.customers', 'retail_api.customers', 'loyalty.loyalty_accounts',
            'salesforce.contacts', 'dynamics.contacts', 'dealership.customers',
            'external.customers'
        )
    group by feed, business_date
)

select * from dates_counted
