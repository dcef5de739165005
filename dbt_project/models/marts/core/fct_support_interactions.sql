-- Grain: one row per contact with the support desk that counts.
-- What does not count stays, with its reason, in int_support_interactions_judged.
with interactions as (
    select * from {{ ref('int_support_interactions_judged') }}
),

interactions_counted as (
    select
        interaction_id,
        customer_id,
        agent_id,
        opened_at,
        opened_date,
        channel,
        issue_type,
        resolution_status,
        resolved_at,
        is_resolved,
        is_escalated,
        satisfaction,
        resolution_hours
    from interactions
    where exclusion_reason is null
)

select * from interactions_counted
