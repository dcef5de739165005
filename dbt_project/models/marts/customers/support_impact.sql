-- Grain: one row per RFM segment and satisfaction band with at least one contact.
-- A contact stands in the band of its own answer. What customers do after it is measured only where
-- the whole window after it is over, so that young contacts do not look like lost customers.
with interactions as (
    select * from {{ ref('fct_support_interactions') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

spend as (
    select * from {{ ref('int_support_spend_summarised') }}
),

bands as (
    select
        satisfaction_band,
        minimum_satisfaction,
        lead(minimum_satisfaction) over (order by minimum_satisfaction asc nulls first)
            as next_minimum_satisfaction
    from {{ ref('satisfaction_bands') }}
),

contacts as (
    select
        interactions.interaction_id,
        interactions.customer_id,
        interactions.is_resolved,
        interactions.is_escalated,
        interactions.satisfaction,
        interactions.resolution_hours,
        spend.orders_after,
        spend.spend_before,
        spend.spend_after,
        case
            when interactions.customer_id is null then 'Unknown'
            else coalesce(rfm.segment, 'No Purchase')
        end as segment,
        coalesce(bands.satisfaction_band, 'No Answer') as satisfaction_band,
        coalesce(spend.is_followed, false) as is_followed,
        coalesce(spend.is_followed and spend.had_bought, false) as is_followed_buyer
    from interactions
    left join rfm
        on interactions.customer_id = rfm.customer_id
    left join spend
        on interactions.interaction_id = spend.interaction_id
    left join bands
        on
            interactions.satisfaction >= bands.minimum_satisfaction
            and (
                interactions.satisfaction < bands.next_minimum_satisfaction
                or bands.next_minimum_satisfaction is null
            )
),

summed as (
    select
        segment,
        satisfaction_band,
        count(*) as tickets,
        count(distinct customer_id) as customers,
        count(*) filter (where is_resolved) as resolved_tickets,
        count(*) filter (where is_escalated) as escalated_tickets,
        count(*) filter (where is_followed) as followed_tickets,
        count(*) filter (where is_followed_buyer) as followed_buyer_tickets,
        count(*) filter (where is_followed_buyer and orders_after = 0) as churned_tickets,
        avg(satisfaction) as average_satisfaction,
        avg(resolution_hours) as average_resolution_hours,
        avg(spend_before) filter (where is_followed) as average_spend_before,
        avg(spend_after) filter (where is_followed) as average_spend_after
    from contacts
    group by segment, satisfaction_band
),

final as (
    select
        segment,
        satisfaction_band,
        tickets,
        customers,
        resolved_tickets,
        escalated_tickets,
        cast(1.0 * resolved_tickets / tickets as numeric(5, 4)) as resolution_share,
        cast(average_resolution_hours as numeric(14, 2)) as average_resolution_hours,
        cast(average_satisfaction as numeric(3, 2)) as average_satisfaction,
        followed_tickets,
        followed_buyer_tickets,
        churned_tickets,
        cast(1.0 * churned_tickets / nullif(followed_buyer_tickets, 0) as numeric(5, 4))
            as churn_share,
        cast(average_spend_before as numeric(14, 2)) as average_spend_before,
        cast(average_spend_after as numeric(14, 2)) as average_spend_after
    from summed
)

select * from final
