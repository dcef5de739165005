-- Grain: one row per contact of Salesforce, in the version that was delivered last.
-- All deliveries of a contact are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('salesforce', 'contacts') }}
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
        email as email_raw,
        phone as phone_raw,
        mailingaddress as mailing_address_raw,
        leadsource as lead_source_raw,
        status as status_raw,
        createddate as created_at_raw,
        lastmodifieddate as updated_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id,
        {{ clean_text('source_rows.id') }} as source_customer_id
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

addresses_parted as (
    select
        *,
        {{ json_value('mailing_address_raw', ['street']) }} as street_raw,
        {{ json_value('mailing_address_raw', ['city']) }} as city_raw,
        {{ json_value('mailing_address_raw', ['state']) }} as state_raw,
        {{ json_value('mailing_address_raw', ['postalCode']) }} as postcode_raw,
        {{ json_value('mailing_address_raw', ['country']) }} as country_raw
    from versions
    where recency = 1
),

latest as (
    select
        *,
        {{ country_and_phone_columns() }}
    from addresses_parted
),

final as (
    select
        latest.source_customer_id,
        {{ contact_columns('latest', 'countries') }},
        {{ clean_text('latest.street_raw') }} as street,
        {{ clean_text('latest.city_raw') }} as city,
        {{ clean_text('latest.state_raw') }} as state,
        {{ clean_text('latest.postcode_raw') }} as postcode,
        {{ clean_text('latest.lead_source_raw') }} as lead_source,
        lower({{ clean_text('latest.status_raw') }}) as contact_status,
        {{ parse_instant(clean_text('latest.updated_at_raw')) }} as updated_at,
        latest.city_raw,
        latest.mailing_address_raw,
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
