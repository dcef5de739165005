-- Grain: one row per customer.
-- Golden record by field: who is trusted on what stands in the seed source_trust. What would tell
-- who the customer is stands in dim_customers_personal.
with customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

final as (
    select
        customer_id,
        name_source,
        name_changed_at,
        email_source,
        email_changed_at,
        phone_source,
        phone_changed_at,
        birth_date_source,
        birth_date_changed_at,
        city,
        state,
        country,
        country_code,
        address_source,
        address_changed_at,
        has_email,
        has_phone,
        has_address,
        source_names,
        source_count,
        record_count,
        first_record_at,
        last_record_at,
        {{ masked_email('email') }} as email_masked,
        {{ pseudonym('email') }} as email_pseudonym,
        {{ masked_phone('phone') }} as phone_masked,
        {{ pseudonym('phone') }} as phone_pseudonym,
        {{ calendar_part('year', 'birth_date') }} as birth_year
    from customers
)

select * from final
