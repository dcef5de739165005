-- Grain: one row per customer with a digital event, a visit from a campaign or a loyalty account.
-- Engagement is the weighted sum of components of 0 to 100 points. A count gives points in
-- proportion until it is full, so that one busy channel cannot stand for all of them.
with digital as (
    select * from {{ ref('int_customer_digital_summarised') }}
),

loyalty as (
    select * from {{ ref('int_customer_loyalty_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

weights as (
    select * from {{ ref('engagement_weights') }}
),

counts as (
    select
        digital.email_opens,
        digital.email_clicks,
        digital.website_visits,
        digital.app_sessions,
        digital.social_interactions,
        digital.campaign_sessions,
        loyalty.loyalty_points_earned,
        coalesce(digital.customer_id, loyalty.customer_id) as customer_id,
        {{ days_between('digital.last_digital_date', 'as_of.as_of_date') }}
            as days_since_last_digital
    from digital
    full outer join loyalty
        on digital.customer_id = loyalty.customer_id
    cross join as_of
),

measured as (
    select
        counts.customer_id,
        weights.weight,
        weights.full_value,
        case weights.component
            when 'email_opens' then counts.email_opens
            when 'email_clicks' then counts.email_clicks
            when 'website_visits' then counts.website_visits
            when 'app_sessions' then counts.app_sessions
            when 'social_interactions' then counts.social_interactions
            when 'campaign_sessions' then counts.campaign_sessions
            when 'loyalty_points_earned' then counts.loyalty_points_earned
            -- The longer ago, the less.
            when 'recency' then greatest(weights.full_value - counts.days_since_last_digital, 0)
        end as measured_value
    from counts
    cross join weights
),

final as (
    select
        customer_id,
        cast(
            sum(weight * 100 * least(coalesce(measured_value, 0) / full_value, 1))
            as numeric(5, 2)
        ) as engagement_score
    from measured
    group by customer_id
)

select * from final
