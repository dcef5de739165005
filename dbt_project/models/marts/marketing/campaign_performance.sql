-- Grain: one row per campaign.
-- A customer is new by a campaign whose visit ended in an order on the day of the first purchase.
-- The campaign tool knows what its own campaigns sold. Of one that it has neither visit nor cost
-- of, as a newsletter, it says nothing, and that is not zero.
with campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

touches as (
    select * from {{ ref('fct_campaign_touches') }}
),

transactions as (
    select * from {{ ref('fct_transactions') }}
),

customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

costs as (
    select
        campaign_id,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(spend) as spend
    from {{ ref('fct_campaign_spend') }}
    group by campaign_id
),

touches_summed as (
    select
        campaign_id,
        count(*) as touches,
        count(*) filter (where touch_type = 'SESSION') as sessions,
        count(distinct case when touch_type = 'SESSION' then customer_id end) as visitors,
        count(*) filter (where has_cart) as carts,
        count(*) filter (where is_converted) as conversions,
        count(transaction_id) as matched_conversions,
        count(*) filter (where is_returned) as returned_orders,
        coalesce(sum(order_value), 0) as revenue,
        coalesce(sum(order_value - order_cost), 0) as profit
    from touches
    group by campaign_id
),

acquired as (
    select
        touches.campaign_id,
        count(distinct touches.customer_id) as new_customers
    from touches
    inner join transactions
        on touches.transaction_id = transactions.transaction_id
    inner join customers
        on
            touches.customer_id = customers.customer_id
            and transactions.transaction_date = customers.first_purchase_date
    group by touches.campaign_id
),

campaigns_measured as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.medium,
        as_of.as_of_date,
        coalesce(touches_summed.touches, 0) as touches,
        coalesce(touches_summed.sessions, 0) as sessions,
        coalesce(touches_summed.visitors, 0) as visitors,
        coalesce(touches_summed.carts, 0) as carts,
        coalesce(touches_summed.conversions, 0) as conversions,
        coalesce(touches_summed.matched_conversions, 0) as matched_conversions,
        coalesce(touches_summed.returned_orders, 0) as returned_orders,
        coalesce(acquired.new_customers, 0) as new_customers,
        case
            when touches_summed.sessions > 0 or costs.campaign_id is not null
                then coalesce(touches_summed.revenue, 0)
        end as revenue,
        case
            when touches_summed.sessions > 0 or costs.campaign_id is not null
                then coalesce(touches_summed.profit, 0)
        end as profit,
        coalesce(costs.impressions, 0) as impressions,
        coalesce(costs.clicks, 0) as clicks,
        coalesce(costs.spend, 0) as spend
    from campaigns
    cross join as_of
    left join touches_summed
        on campaigns.campaign_id = touches_summed.campaign_id
    left join acquired
        on campaigns.campaign_id = acquired.campaign_id
    left join costs
        on campaigns.campaign_id = costs.campaign_id
),

final as (
    select
        campaign_id,
        campaign_name,
        medium,
        as_of_date,
        touches,
        sessions,
        visitors,
        carts,
        conversions,
        matched_conversions,
        returned_orders,
        new_customers,
        impressions,
        clicks,
        cast(1.0 * conversions / nullif(sessions, 0) as numeric(7, 6)) as conversion_share,
        cast(1.0 * returned_orders / nullif(conversions, 0) as numeric(7, 6)) as return_share,
        cast(1.0 * clicks / nullif(impressions, 0) as numeric(20, 6)) as click_through_rate,
        cast(revenue as numeric(20, 2)) as revenue,
        cast(revenue / nullif(conversions, 0) as numeric(20, 2)) as average_order_value,
        cast(profit as numeric(20, 2)) as profit,
        cast(spend as numeric(20, 2)) as spend,
        cast(spend / nullif(clicks, 0) as numeric(20, 2)) as cost_per_click,
        cast(spend / nullif(conversions, 0) as numeric(20, 2)) as cost_per_conversion,
        cast(spend / nullif(new_customers, 0) as numeric(20, 2)) as customer_acquisition_cost,
        cast((profit - spend) / nullif(spend, 0) as numeric(24, 6)) as return_on_investment
    from campaigns_measured
)

select * from final
