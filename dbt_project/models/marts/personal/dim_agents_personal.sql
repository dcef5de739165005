-- Grain: one row per agent of the support desk.
with agents as (
    select * from {{ ref('int_agents_unioned') }}
),

final as (
    select
        agent_id,
        agent_name
    from agents
)

select * from final
