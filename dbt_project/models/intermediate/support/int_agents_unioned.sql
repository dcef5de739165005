-- Grain: one row per agent that the directory or any contact names.
with agents as (
    select * from {{ ref('stg_support__agents') }}
),

interactions as (
    select * from {{ ref('stg_support__service_interactions') }}
),

named as (
    select agent_id
    from agents
    union  -- distinct: an agent deals with many contacts
    select agent_id
    from interactions
    where agent_id is not null
),

final as (
    select
        named.agent_id,
        agents.agent_name,
        agents.department,
        agents.shift,
        agents.agent_id is not null as is_in_directory
    from named
    left join agents
        on named.agent_id = agents.agent_id
)

select * from final
