-- Grain: one row per contact of a person with a campaign: a visit that the campaign tool saw, or
-- an event online that names the campaign.
-- An event on the day of a visit of the same customer under the same campaign is that visit, seen
-- by the tracker too, and not a touch of its own.
with sessions as (
    select * from {{ ref('int_campaign_sessions_judged') }}
    where exclusion_reason is null
),

orders as (
    select * from {{ ref('int_campaign_orders_matched') }}
),

events as (
    select * from {{ ref('int_digital_events_identified') }}
    where exclusion_reason is null and campaign_id is not null
),

interaction_types as (
    select * from {{ ref('digital_interaction_types') }}
    where is_campaign_touch
),

session_touches as (
    select
        'session:' || sessions.session_id as touch_id,
        sessions.campaign_id,
        sessions.customer_id,
        'SESSION' as touch_type,
        sessions.session_started_at as touched_at,
        sessions.session_date as touch_date,
        sessions.added_to_cart_at is not null as has_cart,
        sessions.is_order_confirmed as is_converted,
        sessions.is_order_returned as is_returned,
        orders.transaction_key as transaction_id,
        case when sessions.is_order_confirmed then coalesce(orders.amount, sessions.list_value) end
            as order_value,
        case when sessions.is_order_confirmed then sessions.list_cost end as order_cost
    from sessions
    left join orders
        on sessions.session_id = orders.session_id
),

session_days as (
    select distinct
        customer_id,
        campaign_id,
        session_date
    from sessions
    where customer_id is not null
),

event_touches as (
    select
        'event:' || events.event_id as touch_id,
        events.campaign_id,
        events.customer_id,
        events.interaction_type as touch_type,
        events.occurred_at as touched_at,
        events.event_date as touch_date,
        false as has_cart,
        false as is_converted,
        false as is_returned,
        cast(null as {{ dbt.type_string() }}) as transaction_id,
        cast(null as numeric(14, 2)) as order_value,
        cast(null as numeric(14, 2)) as order_cost
    from events
    inner join interaction_types
        on events.interaction_type = interaction_types.interaction_type
    left join session_days
        on
            events.customer_id = session_days.customer_id
            and events.campaign_id = session_days.campaign_id
            and events.event_date = session_days.session_date
    where session_days.customer_id is null
),

touches as (
    select * from session_touches
    union all
    select * from event_touches
),

final as (
    select
        touch_id,
        campaign_id,
        customer_id,
        touch_type,
        touched_at,
        touch_date,
        has_cart,
        is_converted,
        is_returned,
        transaction_id,
        cast(order_value as numeric(14, 2)) as order_value,
        cast(order_cost as numeric(14, 2)) as order_cost
    from touches
)

select * from final
