-- Grain: one row per agent of the support desk, in the version that was delivered last.
{{ config(unique_key='agent_id') }}

with source_rows as (
    select * from {{ source('support', 'agents') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('agent_id') }} as agent_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by agent_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where agent_key is not null
),

final as (
    select
        agent_key as agent_id,
        {{ clean_text('name') }} as agent_name,
        {{ clean_text('department') }} as department,
        lower({{ clean_text('shift') }}) as shift,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
