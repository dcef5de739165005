-- Grain: one row per store of the directory, in the version that was delivered last.
{{ config(unique_key='store_id') }}

with source_rows as (
    select * from {{ source('stores', 'stores') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('store_id') }} as store_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by store_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where store_key is not null
),

final as (
    select
        store_key as store_id,
        {{ clean_text('store_name') }} as store_name,
        {{ clean_text('location') }} as country,
        {{ clean_text('manager') }} as manager,
        {{ clean_text('open_hours') }} as open_hours,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
