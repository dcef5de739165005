-- Grain: one row per visit that a campaign led to, in the version that was delivered last.
-- Tools without ids of visits deliver none: then customer, start and campaign are the id.
-- The texts of instants are made before the ranking, so that they are worked out once per row.
{{ config(unique_key='session_id') }}

with source_rows as (
    select * from {{ source('marketing', 'campaign_sessions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        coalesce(
            {{ clean_text('session_id') }},
            {{ clean_text('customer_id') }} || ' ' || {{ clean_text('session_start') }}
            || ' ' || {{ clean_text('campaign') }}
        ) as session_key,
        {{ iso_instant_text(clean_text('session_start')) }} as session_start_iso,
        {{ iso_instant_text(clean_text('session_end')) }} as session_end_iso,
        {{ iso_instant_text(clean_text('cart_addition_time')) }} as cart_addition_iso,
        {{ iso_instant_text(clean_text('order_confirmation_time')) }} as order_confirmation_iso
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by session_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where session_key is not null
),

final as (
    select
        session_key as session_id,
        {{ clean_text('customer_id') }} as source_customer_id,
        {{ clean_text('campaign') }} as campaign,
        {{ instant_from_iso('session_start_iso') }} as session_started_at,
        {{ instant_from_iso('session_end_iso') }} as session_ended_at,
        {{ instant_from_iso('cart_addition_iso') }} as added_to_cart_at,
        {{ instant_from_iso('order_confirmation_iso') }} as order_confirmed_at,
        {{ clean_text('full_name') }} as full_name,
        lower({{ clean_text('gender') }}) as gender,
        {{ parse_integer('age') }} as age,
        {{ parse_integer('credit_score') }} as credit_score,
        {{ parse_money('monthly_income') }} as monthly_income,
        {{ clean_text('country') }} as country,
        {{ clean_text('state') }} as state,
        {{ clean_text('city') }} as city,
        {{ clean_text('category') }} as category,
        {{ clean_text('product') }} as product_name,
        {{ parse_money('cost') }} as unit_cost,
        {{ parse_money('price') }} as unit_price,
        {{ parse_integer('quantity') }} as quantity,
        lower({{ clean_text('payment_method') }}) as payment_method,
        lower({{ clean_text('return_reason') }}) as return_reason,
        session_start as session_started_at_raw,
        price as unit_price_raw,
        quantity as quantity_raw,
        coalesce({{ parse_boolean('order_confirmation') }}, false) as is_order_confirmed,
        coalesce({{ parse_boolean('order_return') }}, false) as is_order_returned,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
