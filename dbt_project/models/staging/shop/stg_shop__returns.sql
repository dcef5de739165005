-- Grain: one row per return of the online shop, in the version that was delivered last.
{{ config(unique_key='return_id') }}

with source_rows as (
    select * from {{ source('shop', 'returns') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('return_id') }} as return_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by return_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where return_key is not null
),

final as (
    select
        return_key as return_id,
        {{ clean_text('order_id') }} as order_id,
        {{ parse_instant(clean_text('returned_at')) }} as returned_at,
        lower({{ clean_text('reason') }}) as reason,
        {{ parse_money('amount') }} as amount,
        returned_at as returned_at_raw,
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
