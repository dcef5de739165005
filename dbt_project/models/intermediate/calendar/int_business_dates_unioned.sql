-- Grain: one row per feed and business date that any delivered row carries.
-- A date after the day of its own load cannot have happened yet: it is a defect of the source
-- and must not move the warehouse's today. One before the earliest business date stands for none
-- and must not stretch the calendar.
with shop_transactions as (
    select * from {{ ref('stg_shop__online_transactions') }}
),

shop_returns as (
    select * from {{ ref('stg_shop__returns') }}
),

loyalty_transactions as (
    select * from {{ ref('stg_loyalty__loyalty_transactions') }}
),

support_interactions as (
    select * from {{ ref('stg_support__service_interactions') }}
),

campaign_sessions as (
    select * from {{ ref('stg_marketing__campaign_sessions') }}
),

campaign_spend as (
    select * from {{ ref('stg_marketing__campaign_spend') }}
),

digital_events as (
    select * from {{ ref('stg_digital__events') }}
),

vehicle_sales as (
    select * from {{ ref('stg_dealership__vehicle_sales') }}
),

service_records as (
    select * from {{ ref('stg_dealership__service_records') }}
),

opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

instore_transactions as (
    select * from {{ ref('stg_stores__instore_transactions') }}
),

retail_api_transactions as (
    select * from {{ ref('stg_retail_api__transactions') }}
),

external_transactions as (
    select * from {{ ref('stg_external__transactions') }}
),

dates_unioned as (
    select
        'shop.online_transactions' as feed,
        {{ utc_date('ordered_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from shop_transactions
    union all
    select
        'shop.returns' as feed,
        {{ utc_date('returned_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from shop_returns
    union all
    select
        'stores.instore_transactions' as feed,
        {{ utc_date('transaction_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from instore_transactions
    union all
    select
        'retail_api.transactions' as feed,
        {{ utc_date('transaction_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from retail_api_transactions
    union all
    select
        'loyalty.loyalty_transactions' as feed,
        {{ utc_date('occurred_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from loyalty_transactions
    union all
    select
        'support.service_interactions' as feed,
        {{ utc_date('opened_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from support_interactions
    union all
    select
        'marketing.campaign_sessions' as feed,
        {{ utc_date('session_started_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from campaign_sessions
    union all
    select
        'marketing.campaign_spend' as feed,
        spend_date as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from campaign_spend
    union all
    select
        'digital.events' as feed,
        {{ utc_date('occurred_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from digital_events
    union all
    select
        'dealership.vehicle_sales' as feed,
        {{ utc_date('sold_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from vehicle_sales
    union all
    select
        'dealership.service_records' as feed,
        {{ utc_date('serviced_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from service_records
    union all
    select
        'salesforce.opportunities' as feed,
        {{ utc_date('created_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from opportunities
    union all
    select
        'external.transactions' as feed,
        {{ utc_date('transaction_at') }} as business_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from external_transactions
),

dates_counted as (
    select
        feed,
        business_date,
        count(*) as delivered_rows
    from dates_unioned
    where
        business_date <= loaded_date
        and not {{ is_implausible_date('business_date') }}
    group by feed, business_date
)

select * from dates_counted
