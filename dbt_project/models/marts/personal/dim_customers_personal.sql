-- Grain: one row per customer.
-- What tells who the customer is, apart from everything else: so a reader either may see it, and
-- is noted, or reads whole tables that hold none of it.
with customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

final as (
    select
        customer_id,
        first_name,
        last_name,
        name_source_key,
        email,
        email_source_key,
        phone,
        phone_source_key,
        birth_date,
        birth_date_source_key,
        street,
        postcode,
        address_source_key
    from customers
)

select * from final
