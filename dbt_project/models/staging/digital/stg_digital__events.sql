-- Grain: one row per event, in the version that was delivered last.
{{ config(unique_key='event_id') }}

with source_rows as (
    select * from {{ source('digital', 'events') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('event_id') }} as event_key,
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
        event_key as event_id,
        {{ instant_from_iso('occurred_at_iso') }} as occurred_at,
        {{ clean_text('device_id') }} as device_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ parse_email('email') }} as email,
        upper({{ clean_text('interaction_type') }}) as interaction_type,
        {{ clean_text('page') }} as page,
        {{ clean_text('campaign') }} as campaign,
        occurred_at as occurred_at_raw,
        email as email_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
