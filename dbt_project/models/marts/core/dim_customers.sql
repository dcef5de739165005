-- Grain: one row per customer.
-- Golden record by field: who is trusted on what stands in the seed source_trust.
with customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

final as (
    select
        customer_id,
        first_name,
        last_name,
        name_source,
        name_source_key,
        name_changed_at,
        email,
        email_source,
        email_source_key,
        email_changed_at,
        phone,
        phone_source,
        phone_source_key,
        phone_changed_at,
        birth_date,
        birth_date_source,
        birth_date_source_key,
        birth_date_changed_at,
        street,
        city,
        state,
        postcode,
        country,
        country_code,
        address_source,
        address_source_key,
        address_changed_at,
        has_email,
        has_phone,
        has_address,
        source_names,
        source_count,
        record_count,
        first_record_at,
        last_record_at
    from customers
)

select * from final
