-- Grain: one row per store that a directory or any transaction names.
-- One that only transactions know keeps its key, so that no sale loses its store.
with company_stores as (
    select * from {{ ref('stg_stores__stores') }}
),

retail_api_stores as (
    select * from {{ ref('stg_retail_api__stores') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

directories as (
    select
        'stores' as source_name,
        store_id as source_store_id,
        store_name,
        country,
        manager,
        open_hours
    from company_stores
    union all
    select
        'retail_api' as source_name,
        store_id as source_store_id,
        store_name,
        country,
        cast(null as {{ dbt.type_string() }}) as manager,
        cast(null as {{ dbt.type_string() }}) as open_hours
    from retail_api_stores
),

mentioned as (
    select distinct
        store_key,
        source_name,
        source_store_id
    from transactions
    where store_key is not null
),

in_directory as (
    select
        *,
        source_name || ':' || source_store_id as store_key,
        {{ comparable_text('country') }} as country_alias
    from directories
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

stores as (
    select
        in_directory.store_name,
        in_directory.country,
        country_aliases.country_code,
        in_directory.manager,
        in_directory.open_hours,
        coalesce(in_directory.store_key, mentioned.store_key) as store_key,
        coalesce(in_directory.source_name, mentioned.source_name) as source_name,
        coalesce(in_directory.source_store_id, mentioned.source_store_id) as source_store_id,
        in_directory.store_key is not null as is_in_directory
    from in_directory
    full outer join mentioned
        on in_directory.store_key = mentioned.store_key
    left join country_aliases
        on in_directory.country_alias = country_aliases.alias
)

select * from stores
