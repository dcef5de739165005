-- Grain: one row per vehicle sale, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key='sale_id') }}

with source_rows as (
    select * from {{ source('dealership', 'vehicle_sales') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('sale_id') }} as sale_key,
        {{ iso_instant_text(clean_text('sale_date')) }} as sold_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by sale_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where sale_key is not null
),

final as (
    select
        sale_key as sale_id,
        {{ parse_vin('vin') }} as vin,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('dealer_id') }} as dealer_id,
        {{ clean_text('model') }} as model_name,
        {{ parse_money('sale_price') }} as sale_price,
        {{ instant_from_iso('sold_at_iso') }} as sold_at,
        lower({{ clean_text('financing_type') }}) as financing_type,
        {{ parse_vin('trade_in_vin') }} as trade_in_vin,
        vin as vin_raw,
        sale_price as sale_price_raw,
        sale_date as sale_date_raw,
        trade_in_vin as trade_in_vin_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
