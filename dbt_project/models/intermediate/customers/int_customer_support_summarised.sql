-- Grain: one row per customer with at least one counted contact with the support desk.
with interactions as (
    select * from {{ ref('int_support_interactions_judged') }}
),

tickets_summed as (
    select
        customer_id,
        cast(avg(satisfaction) as numeric(3, 2)) as average_satisfaction,
        cast(avg(resolution_hours) as numeric(14, 2)) as average_resolution_hours,
        count(*) as tickets,
        count(*) filter (where is_resolved) as resolved_tickets,
        count(*) filter (where is_escalated) as escalated_tickets,
        min(opened_date) as first_ticket_date,
        max(opened_date) as last_ticket_date
    from interactions
    where
        exclusion_reason is null
        and customer_id is not null
    group by customer_id
)

select * from tickets_summed
