-- Grain: one row per customer.
-- What somebody spent comes first, then what else they did: the segments go down in value.
with touchpoints as (
    select * from {{ ref('int_customer_touchpoints_summarised') }}
),

orders as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

goods_orders as (
    select
        customer_id,
        sum(orders) as goods_orders
    from {{ ref('int_customer_channels_summarised') }}
    where channel not in ({{ text_list(var('service_channels')) }})
    group by customer_id
),

value_segments as (
    select
        value_segment,
        minimum_net_spend,
        lead(minimum_net_spend) over (order by minimum_net_spend asc nulls first)
            as next_minimum_net_spend
    from {{ ref('value_segments') }}
),

final as (
    select
        touchpoints.customer_id,
        case
            when value_segments.minimum_net_spend is not null or goods_orders.goods_orders > 0
                then value_segments.value_segment
            when orders.orders > 0 or touchpoints.service_visits > 0 then 'SERVICE_ONLY'
            when
                touchpoints.digital_events > 0
                or touchpoints.campaign_sessions > 0
                or touchpoints.tickets > 0
                or touchpoints.is_loyalty_member
                then 'ENGAGED'
            else 'PROSPECT'
        end as value_segment
    from touchpoints
    left join orders
        on touchpoints.customer_id = orders.customer_id
    left join goods_orders
        on touchpoints.customer_id = goods_orders.customer_id
    left join value_segments
        on
            orders.customer_id is not null
            and (
                orders.net_spend >= value_segments.minimum_net_spend
                or value_segments.minimum_net_spend is null
            )
            and (
                orders.net_spend < value_segments.next_minimum_net_spend
                or value_segments.next_minimum_net_spend is null
            )
)

select * from final
