-- Grain: one row per visit to the workshop, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
-- What does not say that the maker pays is paid by the customer.
{{ config(unique_key='service_id') }}

with source_rows as (
    select * from {{ source('dealership', 'service_records') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('service_id') }} as service_key,
        {{ iso_instant_text(clean_text('service_date')) }} as serviced_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by service_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where service_key is not null
),

final as (
    select
        service_key as service_id,
        {{ parse_vin('vin') }} as vin,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('dealer_id') }} as dealer_id,
        lower({{ clean_text('service_type') }}) as service_type,
        {{ instant_from_iso('serviced_at_iso') }} as serviced_at,
        {{ parse_money('service_amount') }} as service_amount,
        coalesce({{ parse_boolean('is_warranty') }}, false) as is_warranty,
        vin as vin_raw,
        service_date as service_date_raw,
        service_amount as service_amount_raw,
        is_warranty as is_warranty_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
