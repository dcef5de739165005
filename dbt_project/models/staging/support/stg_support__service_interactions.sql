-- Grain: one row per contact with the support desk, in the version that was delivered last.
-- The texts of the instants are made before the ranking, so that they are worked out once per row.
{{ config(unique_key='interaction_id') }}

with source_rows as (
    select * from {{ source('support', 'service_interactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('interaction_id') }} as interaction_key,
        {{ iso_instant_text(clean_text('opened_at')) }} as opened_at_iso,
        {{ iso_instant_text(clean_text('resolved_at')) }} as resolved_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by interaction_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where interaction_key is not null
),

final as (
    select
        interaction_key as interaction_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('agent_id') }} as agent_id,
        {{ instant_from_iso('opened_at_iso') }} as opened_at,
        lower({{ clean_text('channel') }}) as channel,
        lower({{ clean_text('issue_type') }}) as issue_type,
        lower({{ clean_text('resolution_status') }}) as resolution_status,
        {{ instant_from_iso('resolved_at_iso') }} as resolved_at,
        {{ parse_boolean('escalated') }} as is_escalated,
        {{ parse_integer('satisfaction') }} as satisfaction,
        opened_at as opened_at_raw,
        resolved_at as resolved_at_raw,
        escalated as escalated_raw,
        satisfaction as satisfaction_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
