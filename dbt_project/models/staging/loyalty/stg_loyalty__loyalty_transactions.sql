-- Grain: one row per booking of points, in the version that was delivered last.
-- The text of the instant is made before the ranking, so that it is worked out once per row.
{{ config(unique_key='loyalty_transaction_id') }}

with source_rows as (
    select * from {{ source('loyalty', 'loyalty_transactions') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('loyalty_transaction_id') }} as transaction_key,
        {{ iso_instant_text(clean_text('occurred_at')) }} as occurred_at_iso
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
        transaction_key as loyalty_transaction_id,
        {{ clean_text('loyalty_id') }} as loyalty_id,
        {{ instant_from_iso('occurred_at_iso') }} as occurred_at,
        {{ parse_integer('points_change') }} as points_change,
        lower({{ clean_text('reason') }}) as reason,
        occurred_at as occurred_at_raw,
        points_change as points_change_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
