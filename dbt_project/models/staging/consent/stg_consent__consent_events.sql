-- Grain: one row per event of the register, in the version that was delivered last.
-- A system is called as in source_customer_key, where colons part it from the id.
{{ config(unique_key='consent_event_id') }}

with source_rows as (
    select * from {{ source('consent', 'consent_events') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('consent_event_id') }} as event_key,
        {{ iso_instant_text(clean_text('occurred_at')) }} as occurred_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where event_key is not null
),

final as (
    select
        event_key as consent_event_id,
        replace(lower({{ clean_text('source_system') }}), ':', '_') as source_name,
        {{ clean_text('customer_id') }} as source_customer_id,
        lower({{ clean_text('purpose') }}) as purpose,
        lower({{ clean_text('decision') }}) as decision,
        {{ instant_from_iso('occurred_at_iso') }} as occurred_at,
        lower({{ clean_text('channel') }}) as collection_channel,
        {{ clean_text('proof') }} as proof,
        occurred_at as occurred_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
