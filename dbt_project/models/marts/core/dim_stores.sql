-- Grain: one row per store that a directory or any transaction names.
with stores as (
    select * from {{ ref('int_stores_unioned') }}
),

countries as (
    select * from {{ ref('countries') }}
),

final as (
    select
        stores.store_key as store_id,
        stores.source_name,
        stores.source_store_id,
        stores.store_name,
        stores.country_code,
        stores.open_hours,
        stores.is_in_directory,
        coalesce(countries.country_name, stores.country) as country
    from stores
    left join countries
        on stores.country_code = countries.country_code
)

select * from final
