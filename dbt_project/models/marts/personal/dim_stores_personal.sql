-- Grain: one row per store.
with stores as (
    select * from {{ ref('int_stores_unioned') }}
),

final as (
    select
        store_key as store_id,
        country_code,
        manager
    from stores
)

select * from final
