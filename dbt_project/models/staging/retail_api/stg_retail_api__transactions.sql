-- Grain: one row per sale of the partner's system, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key='transaction_id') }}

with source_rows as (
    select * from {{ source('retail_api', 'transactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('transaction_id') }} as transaction_key,
        {{ iso_instant_text(clean_text('transaction_date')) }} as transaction_date_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by transaction_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where transaction_key is not null
),

final as (
    select
        transaction_key as transaction_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('store_id') }} as store_id,
        {{ instant_from_iso('transaction_date_iso') }} as transaction_at,
        {{ parse_integer('quantity') }} as quantity,
        transaction_date as transaction_at_raw,
        quantity as quantity_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
