-- Grain: one row per source and customer record, in the version that was delivered last.
-- All deliveries of a record are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key=['source_name', 'source_customer_id']) }}

with source_rows as (
    select * from {{ source('external', 'customers') }}
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
        dob as birth_date_raw,
        street as street_raw,
        city as city_raw,
        state as state_raw,
        postcode as postcode_raw,
        country as country_raw,
        created_at as created_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id,
        {{ external_source_name('source_rows.source') }} as source_name,
        {{ clean_text('source_rows.source_id') }} as source_customer_id
    from source_rows
),

delivered_keys as (
    select distinct
        source_name,
        source_customer_id
    from deliveries
    where {{ new_loads_only() }}
),

redelivered as (
    select deliveries.*
    from deliveries
    inner join delivered_keys
        on
            deliveries.source_name = delivered_keys.source_name
            and deliveries.source_customer_id = delivered_keys.source_customer_id
),

versions as (
    select
        *,
        {{ version_columns(['source_name', 'source_customer_id']) }}
    from redelivered
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
        latest.source_name,
        latest.source_customer_id,
        {{ contact_columns('latest', 'countries') }},
        {{ parse_date(clean_text('latest.birth_date_raw')) }} as birth_date,
        {{ clean_text('latest.street_raw') }} as street,
        {{ clean_text('latest.city_raw') }} as city,
        {{ clean_text('latest.state_raw') }} as state,
        {{ clean_text('latest.postcode_raw') }} as postcode,
        latest.birth_date_raw,
        latest.city_raw,
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
