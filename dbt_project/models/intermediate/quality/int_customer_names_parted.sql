-- Grain: one row per customer record of an identified customer, in the forms that are compared.
-- Names that hold a character of no name are garbled: they are no evidence of another name.
with comparable_records as (
    select * from {{ ref('identity_comparable_records') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

customer_rows as (
    select * from {{ ref('int_customer_rows_unioned') }}
),

final as (
    select
        records.source_customer_key,
        records.source_name,
        customers.customer_id,
        records.email,
        records.phone,
        records.created_at,
        records.updated_at,
        records._first_batch_id,
        records._first_line,
        {{ mailbox('records.email') }} as mailbox,
        comparable_records.street,
        case
            when not customer_rows.has_special_characters then comparable_records.first_name
        end as given_name,
        case
            when not customer_rows.has_special_characters then comparable_records.last_name
        end as family_name,
        case
            when not customer_rows.has_special_characters then comparable_records.name_family
        end as name_family
    from records
    inner join comparable_records
        on records.source_customer_key = comparable_records.source_customer_key
    inner join customers
        on records.source_customer_key = customers.source_customer_key
    inner join customer_rows
        on records.source_customer_key = customer_rows.source_customer_key
)

select * from final
