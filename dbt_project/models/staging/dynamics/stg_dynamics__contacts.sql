-- Grain: one row per contact of Dynamics 365, in the version that was delivered last.
-- All deliveries of a contact are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('dynamics', 'contacts') }}
),

countries as (
    select * from {{ ref('countries') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

deliveries as (
    select
        firstname as first_name_raw,
        lastname as last_name_raw,
        emailaddress1 as email_raw,
        telephone1 as phone_raw,
        birthdate as birth_date_raw,
        address1_line1 as street_raw,
        address1_city as city_raw,
        address1_postalcode as postcode_raw,
        address1_country as country_raw,
        leadsourcecode as lead_source_code_raw,
        statecode as state_code_raw,
        createdon as created_at_raw,
        modifiedon as updated_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id,
        {{ clean_text('source_rows.contactid') }} as source_customer_id
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
        {{ parse_date(clean_text('latest.birth_date_raw')) }} as birth_date,
        {{ clean_text('latest.street_raw') }} as street,
        {{ clean_text('latest.city_raw') }} as city,
        {{ clean_text('latest.postcode_raw') }} as postcode,
        {{ parse_integer('latest.lead_source_code_raw') }} as lead_source_code,
        case {{ clean_text('latest.state_code_raw') }}
            when '0' then 'active'
            when '1' then 'inactive'
        end as contact_status,
        {{ parse_instant(clean_text('latest.updated_at_raw')) }} as updated_at,
        latest.birth_date_raw,
        latest.city_raw,
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
