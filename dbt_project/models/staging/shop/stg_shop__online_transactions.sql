-- Grain: one row per order of the online shop, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key='order_id') }}

with source_rows as (
    select * from {{ source('shop', 'online_transactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('order_id') }} as order_key,
        {{ iso_instant_text(clean_text('ordered_at')) }} as ordered_at_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by order_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where order_key is not null
),

final as (
    select
        order_key as order_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('product_id') }} as product_id,
        {{ instant_from_iso('ordered_at_iso') }} as ordered_at,
        {{ parse_integer('quantity') }} as quantity,
        {{ parse_money('amount') }} as amount,
        lower({{ clean_text('payment_method') }}) as payment_method,
        lower({{ clean_text('status') }}) as status,
        {{ clean_text('campaign') }} as campaign,
        ordered_at as ordered_at_raw,
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
