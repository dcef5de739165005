-- Grain: one row per customer.
-- Golden record by field: each field comes from the preferred record that has it. Given and family
-- name come from one record, and so do the parts of an address, so that nobody gets a mixture.
with records as (
    select * from {{ ref('int_customer_records_ranked') }}
),

countries as (
    select * from {{ ref('countries') }}
),

preferences as (
    select
        customer_id,
        count(*) as record_count,
        min(recorded_at) as first_record_at,
        max(recorded_at) as last_record_at,
        coalesce(
            min(preference) filter (where first_name is not null and last_name is not null),
            min(preference) filter (where first_name is not null or last_name is not null)
        ) as name_preference,
        min(preference) filter (where email is not null) as email_preference,
        min(preference) filter (where phone is not null) as phone_preference,
        min(preference) filter (where birth_date is not null) as birth_date_preference,
        coalesce(
            min(preference) filter (where street is not null and city is not null),
            min(preference) filter (where city is not null or country is not null)
        ) as address_preference
    from records
    group by customer_id
),

source_names as (
    select distinct
        customer_id,
        source_name
    from records
),

sources as (
    select
        customer_id,
        count(*) as source_count,
        {{ joined_text('source_name', ', ', 'source_name asc nulls last') }} as source_names
    from source_names
    group by customer_id
),

final as (
    select
        preferences.customer_id,
        name_records.first_name,
        name_records.last_name,
        name_records.source_name as name_source,
        emails.email,
        emails.source_name as email_source,
        phones.phone,
        phones.source_name as phone_source,
        birth_dates.birth_date,
        birth_dates.source_name as birth_date_source,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postcode,
        addresses.source_name as address_source,
        sources.source_names,
        sources.source_count,
        preferences.record_count,
        preferences.first_record_at,
        preferences.last_record_at,
        countries.country_code,
        coalesce(countries.country_name, addresses.country) as country,
        emails.email is not null as has_email,
        phones.phone is not null as has_phone,
        addresses.street is not null and addresses.city is not null as has_address
    from preferences
    inner join sources
        on preferences.customer_id = sources.customer_id
    left join records as name_records
        on
            preferences.customer_id = name_records.customer_id
            and preferences.name_preference = name_records.preference
    left join records as emails
        on
            preferences.customer_id = emails.customer_id
            and preferences.email_preference = emails.preference
    left join records as phones
        on
            preferences.customer_id = phones.customer_id
            and preferences.phone_preference = phones.preference
    left join records as birth_dates
        on
            preferences.customer_id = birth_dates.customer_id
            and preferences.birth_date_preference = birth_dates.preference
    left join records as addresses
        on
            preferences.customer_id = addresses.customer_id
            and preferences.address_preference = addresses.preference
    left join countries
        on addresses.country_code = countries.country_code
)

select * from final
