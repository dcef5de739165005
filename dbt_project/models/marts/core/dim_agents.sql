-- Grain: one row per agent of the support desk that the directory or any contact names.
with agents as (
    select * from {{ ref('int_agents_unioned') }}
),

final as (
    select
        agent_id,
        department,
        shift,
        is_in_directory
    from agents
)

select * from final
