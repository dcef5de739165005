-- Grain: one row per visit that a campaign led to, whether it counts or not.
-- What the campaign tool says of an order is its own report, at list price: the order itself is the
-- shop's. Absurd prices and quantities are left out of its value, not the visit out of the counts.
with sessions as (
    select * from {{ ref('stg_marketing__campaign_sessions') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

dated as (
    select
        *,
        'shop:' || source_customer_id as source_customer_key,
        lower(campaign) as campaign_id,
        {{ utc_date('session_started_at') }} as session_date,
        {{ utc_date('order_confirmed_at') }} as order_date,
        {{ utc_date('_loaded_at') }} as loaded_date,
        case
            when
                not {{ is_impossible_amount('unit_price') }}
                and not {{ is_impossible_quantity('quantity') }}
                then quantity * unit_price
        end as list_value,
        case
            when
                not {{ is_impossible_amount('unit_cost') }}
                and not {{ is_impossible_quantity('quantity') }}
                then quantity * unit_cost
        end as list_cost
    from sessions
),

judged as (
    select
        dated.session_id,
        dated.source_customer_key,
        customers.customer_id,
        dated.campaign_id,
        dated.campaign as campaign_name,
        dated.session_started_at,
        dated.session_date,
        dated.added_to_cart_at,
        dated.is_order_confirmed,
        dated.order_confirmed_at,
        dated.order_date,
        dated.product_name,
        dated.is_order_returned,
        case when not {{ is_impossible_amount('dated.list_value') }} then dated.list_value end
            as list_value,
        case when not {{ is_impossible_amount('dated.list_cost') }} then dated.list_cost end
            as list_cost,
        case
            when dated.session_date is null then 'invalid_date'
            when {{ is_implausible_date('dated.session_date') }} then 'implausible_date'
            when dated.session_date > dated.loaded_date then 'future_date'
            when dated.session_date > as_of.as_of_date then 'after_as_of_date'
        end as exclusion_reason
    from dated
    cross join as_of
    left join customers
        on dated.source_customer_key = customers.source_customer_key
)

select * from judged
