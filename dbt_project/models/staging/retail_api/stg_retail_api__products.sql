-- Grain: one row per product of the partner's system, in the version that was delivered last.
{{ config(unique_key='product_id') }}

with source_rows as (
    select * from {{ source('retail_api', 'products') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('product_id') }} as product_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by product_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where product_key is not null
),

final as (
    select
        product_key as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('category') }} as category,
        {{ parse_money('price') }} as unit_price,
        price as unit_price_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
