-- Grain: one row per receipt line of a till, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key='transaction_id') }}

with source_rows as (
    select * from {{ source('stores', 'instore_transactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('transaction_id') }} as transaction_key,
        {{ iso_instant_text(clean_text('transaction_at')) }} as transaction_at_iso
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
        {{ clean_text('store_id') }} as store_id,
        {{ clean_text('product_id') }} as product_id,
        {{ instant_from_iso('transaction_at_iso') }} as transaction_at,
        {{ parse_integer('quantity') }} as quantity,
        {{ parse_money('amount') }} as amount,
        lower({{ clean_text('payment_method') }}) as payment_method,
        transaction_at as transaction_at_raw,
        quantity as quantity_raw,
        amount as amount_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
