-- Grain: one row per customer.
-- Golden record by field, each with the record that it comes from. In a replay of a past day a
-- customer may have done something and have no record yet: then there is nothing but the id.
-- The records are read anew for each field: of rows kept aside in between, Postgres knows no
-- statistics, and would look through all of them for every customer.
{% set parts = {
    'name_records': 'name_preference', 'emails': 'email_preference', 'phones': 'phone_preference',
    'birth_dates': 'birth_date_preference', 'addresses': 'address_preference',
} %}

with records as (
    select * from {{ ref('int_customer_fields_ranked') }}
),

{% for part, preference in parts.items() %}
    {{ part }} as (
        select * from {{ ref('int_customer_fields_ranked') }}
        where {{ preference }} = 1
    ),
{% endfor %}

active as (
    select * from {{ ref('int_customers_active_unioned') }}
),

countries as (
    select * from {{ ref('countries') }}
),

existing as (
    select customer_id from records
    union  -- distinct
    select customer_id from active
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

customers as (
    select
        existing.customer_id,
        count(records.source_customer_key) as record_count,
        min(records.recorded_at) as first_record_at,
        max(records.recorded_at) as last_record_at
    from existing
    left join records
        on existing.customer_id = records.customer_id
    group by existing.customer_id
),

final as (
    select
        customers.customer_id,
        name_records.first_name,
        name_records.last_name,
        name_records.source_name as name_source,
        name_records.source_customer_key as name_source_key,
        name_records.changed_at as name_changed_at,
        emails.email,
        emails.source_name as email_source,
        emails.source_customer_key as email_source_key,
        emails.changed_at as email_changed_at,
        phones.phone,
        phones.source_name as phone_source,
        phones.source_customer_key as phone_source_key,
        phones.changed_at as phone_changed_at,
        birth_dates.birth_date,
        birth_dates.source_name as birth_date_source,
        birth_dates.source_customer_key as birth_date_source_key,
        birth_dates.changed_at as birth_date_changed_at,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postcode,
        addresses.source_name as address_source,
        addresses.source_customer_key as address_source_key,
        addresses.changed_at as address_changed_at,
        sources.source_names,
        customers.record_count,
        customers.first_record_at,
        customers.last_record_at,
        countries.country_code,
        coalesce(sources.source_count, 0) as source_count,
        coalesce(countries.country_name, addresses.country) as country,
        emails.email is not null as has_email,
        phones.phone is not null as has_phone,
        addresses.street is not null and addresses.city is not null as has_address
    from customers
    left join sources
        on customers.customer_id = sources.customer_id
    {% for part in parts %}
        left join {{ part }}
            on customers.customer_id = {{ part }}.customer_id
    {% endfor %}
    left join countries
        on addresses.country_code = countries.country_code
)

select * from final
