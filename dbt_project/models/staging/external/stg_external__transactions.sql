-- Grain: one row per source and transaction, in the version that was delivered last.
-- What an empty quantity, channel and status mean is part of the feed's contract.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key=['source_name', 'transaction_id']) }}

with source_rows as (
    select * from {{ source('external', 'transactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ external_source_name('source') }} as source_name,
        {{ clean_text('transaction_id') }} as transaction_key,
        {{ iso_instant_text(clean_text('transaction_at')) }} as transaction_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_name, transaction_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where source_name is not null and transaction_key is not null
),

final as (
    select
        source_name,
        transaction_key as transaction_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ instant_from_iso('transaction_at_iso') }} as transaction_at,
        case
            when {{ clean_text('quantity') }} is null then 1
            else {{ parse_integer('quantity') }}
        end as quantity,
        {{ parse_money('amount') }} as amount,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        coalesce(lower({{ clean_text('channel') }}), 'external') as channel,
        lower({{ clean_text('payment_method') }}) as payment_method,
        coalesce(lower({{ clean_text('status') }}), 'completed') as status,
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
