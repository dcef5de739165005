-- Grain: one row per customer, with all that is known beside purchases; counts are zero where
-- nothing happened.
with customers as (
    select customer_id
    from {{ ref('int_customer_golden_records') }}
),

loyalty as (
    select * from {{ ref('int_customer_loyalty_summarised') }}
),

support as (
    select * from {{ ref('int_customer_support_summarised') }}
),

vehicles as (
    select * from {{ ref('int_customer_vehicles_summarised') }}
),

digital as (
    select * from {{ ref('int_customer_digital_summarised') }}
),

engagement as (
    select * from {{ ref('int_customer_engagement_summarised') }}
),

final as (
    select
        customers.customer_id,
        loyalty.loyalty_tier,
        loyalty.loyalty_joined_date,
        support.average_satisfaction,
        support.average_resolution_hours,
        support.first_ticket_date,
        support.last_ticket_date,
        vehicles.last_vehicle_purchase_date,
        vehicles.last_service_date,
        digital.last_digital_date,
        loyalty.customer_id is not null as is_loyalty_member,
        coalesce(loyalty.loyalty_points_balance, 0) as loyalty_points_balance,
        coalesce(loyalty.loyalty_points_earned, 0) as loyalty_points_earned,
        coalesce(loyalty.loyalty_points_redeemed, 0) as loyalty_points_redeemed,
        coalesce(support.tickets, 0) as tickets,
        coalesce(support.resolved_tickets, 0) as resolved_tickets,
        coalesce(support.escalated_tickets, 0) as escalated_tickets,
        coalesce(vehicles.vehicles_owned, 0) as vehicles_owned,
        coalesce(vehicles.service_visits, 0) as service_visits,
        coalesce(vehicles.service_revenue, 0) as service_revenue,
        coalesce(digital.email_opens, 0) as email_opens,
        coalesce(digital.email_clicks, 0) as email_clicks,
        coalesce(digital.website_visits, 0) as website_visits,
        coalesce(digital.app_sessions, 0) as app_sessions,
        coalesce(digital.social_interactions, 0) as social_interactions,
        coalesce(digital.digital_events, 0) as digital_events,
        coalesce(digital.campaign_sessions, 0) as campaign_sessions,
        coalesce(engagement.engagement_score, 0) as engagement_score
    from customers
    left join loyalty
        on customers.customer_id = loyalty.customer_id
    left join support
        on customers.customer_id = support.customer_id
    left join vehicles
        on customers.customer_id = vehicles.customer_id
    left join digital
        on customers.customer_id = digital.customer_id
    left join engagement
        on customers.customer_id = engagement.customer_id
)

select * from final
