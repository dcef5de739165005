-- Grain: one row per opportunity of Salesforce, in the version that was delivered last.
{{ config(unique_key='opportunity_id') }}

with source_rows as (
    select * from {{ source('salesforce', 'opportunities') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('id') }} as opportunity_id
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by opportunity_id
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where opportunity_id is not null
),

final as (
    select
        opportunity_id,
        {{ clean_text('contactid') }} as source_customer_id,
        {{ clean_text('stagename') }} as stage_name,
        {{ parse_money('amount') }} as amount,
        {{ parse_date(clean_text('closedate')) }} as close_date,
        {{ parse_instant(clean_text('createddate')) }} as created_at,
        amount as amount_raw,
        closedate as close_date_raw,
        createddate as created_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
