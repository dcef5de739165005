-- Grain: one row per customer of the partner's system, in the version that was delivered last.
-- All deliveries of a customer are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('retail_api', 'customers') }}
),

countries as (
    select * from {{ ref('countries') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

deliveries as (
    select
        full_name as full_name_raw,
        email as email_raw,
        country as country_raw,
        registration_date as created_at_raw,
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
        {{ version_columns(['source_customer_id']) }},
        {{ clean_text('country_raw') }} as country_given,
        {{ clean_name('full_name_raw') }} as full_name_given
    from deliveries
    where source_customer_id in (select delivered_keys.source_customer_id from delivered_keys)
),

latest as (
    select
        *,
        {{ comparable_text('country_given') }} as country_alias,
        full_name_given like '% %' as has_two_names
    from versions
    where recency = 1
),

final as (
    select
        latest.source_customer_id,
        latest.full_name_given as full_name,
        {{ regex_replace_all('latest.full_name_given', ' [^ ]+$', '') }} as first_name,
        case
            when latest.has_two_names
                then {{ regex_replace_all('latest.full_name_given', '^.* ', '') }}
        end as last_name,
        {{ parse_email('latest.email_raw') }} as email,
        cast(null as {{ dbt.type_string() }}) as phone,
        cast(null as {{ dbt.type_string() }}) as city,
        latest.country_given as country,
        countries.country_code,
        {{ parse_instant(clean_text('latest.created_at_raw')) }} as created_at,
        latest.full_name_raw,
        latest.email_raw,
        cast(null as {{ dbt.type_string() }}) as phone_raw,
        latest.created_at_raw,
        {{ contact_flags('latest', ['full_name_raw']) }},
        {{ customer_lineage_columns('latest') }}
    from latest
    left join country_aliases
        on latest.country_alias = country_aliases.alias
    left join countries
        on country_aliases.country_code = countries.country_code
)

select * from final
