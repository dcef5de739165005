-- Grain: one row per customer of the dealers, in the version that was delivered last.
-- All deliveries of a customer are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('dealership', 'customers') }}
),

countries as (
    select * from {{ ref('countries') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

deliveries as (
    select
        first_name as first_name_raw,
        last_name as last_name_raw,
        email as email_raw,
        phone as phone_raw,
        address as street_raw,
        city as city_raw,
        country as country_raw,
        purchase_date as purchase_date_raw,
        last_service_date as last_service_date_raw,
        customer_status as customer_status_raw,
        created_at as created_at_raw,
        updated_at as updated_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id,
        {{ clean_text('source_rows.customer_id') }} as source_customer_id
    from source_rows
),

delivered_keys as (
    select source_customer_id
    from deliveries
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ version_columns(['source_customer_id']) }}
    from deliveries
    where source_customer_id in (select delivered_keys.source_customer_id from delivered_keys)
),

latest as (
    select
        *,
        {{ country_and_phone_columns() }}
    from versions
    where recency = 1
),

final as (
    select
        latest.source_customer_id,
        {{ contact_columns('latest', 'countries') }},
        {{ clean_text('latest.street_raw') }} as street,
        {{ clean_text('latest.city_raw') }} as city,
        {{ parse_date(clean_text('latest.purchase_date_raw')) }} as purchase_date,
        {{ parse_date(clean_text('latest.last_service_date_raw')) }} as last_service_date,
        lower({{ clean_text('latest.customer_status_raw') }}) as customer_status,
        {{ parse_instant(clean_text('latest.updated_at_raw')) }} as updated_at,
        latest.city_raw,
        latest.purchase_date_raw,
        latest.last_service_date_raw,
        latest.updated_at_raw,
        {{
            contact_flags(
                'latest', ['first_name_raw', 'last_name_raw'], ['phone_raw'], ['city_raw']
            )
        }},
        {{ customer_lineage_columns('latest') }}
    from latest
    left join country_aliases
        on latest.country_alias = country_aliases.alias
    left join countries
        on country_aliases.country_code = countries.country_code
)

select * from final
