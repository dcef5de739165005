-- Grain: one row per customer record, with its rank among the records of its customer.
-- The record changed last comes first, because people move and change numbers; of two as recent the
-- more complete one. A date after the load cannot be true and counts as unknown.
-- In a replay of a past day, later records do not exist, unless the customer was active by then.
with records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

active as (
    select * from {{ ref('int_customers_active_unioned') }}
),

dated as (
    select
        records.*,
        customers.customer_id,
        case when records.created_at <= records._loaded_at then records.created_at end
            as recorded_at,
        case when records.updated_at <= records._loaded_at then records.updated_at end
            as edited_at,
        case when records.first_name is not null then 1 else 0 end
        + case when records.last_name is not null then 1 else 0 end
        + case when records.email is not null then 1 else 0 end
        + case when records.phone is not null then 1 else 0 end
        + case when records.street is not null then 1 else 0 end
        + case when records.city is not null then 1 else 0 end
        + case when records.country_code is not null then 1 else 0 end
        + case when records.birth_date is not null then 1 else 0 end as filled_fields
    from records
    inner join customers
        on records.source_customer_key = customers.source_customer_key
),

existing as (
    select dated.*
    from dated
    left join active
        on dated.customer_id = active.customer_id
    where
        active.customer_id is not null
        or coalesce(
            {{ utc_date('dated.recorded_at') }} <= {{ date_literal(var('as_of_date')) }}, true
        )
),

final as (
    select
        customer_id,
        source_customer_key,
        source_name,
        source_customer_id,
        first_name,
        last_name,
        email,
        phone,
        birth_date,
        street,
        city,
        state,
        postcode,
        country,
        country_code,
        recorded_at,
        filled_fields,
        coalesce(edited_at, recorded_at) as changed_at,
        row_number() over (
            partition by customer_id
            order by
                coalesce(edited_at, recorded_at) desc nulls last,
                filled_fields desc nulls last,
                source_customer_key asc nulls last
        ) as preference
    from existing
)

select * from final
