-- Grain: one row per customer record, with its rank among the records of its customer.
-- The record changed last comes first, because people move and change numbers; of two as recent the
-- more complete one. A date after the load cannot be true and counts as unknown.
-- In a replay of a past day a record made later does not exist, and one changed later has no
-- values: what it said on the day was written over.
with records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

dated as (
    select
        records.*,
        customers.customer_id,
        case when records.created_at <= records._loaded_at then records.created_at end
            as recorded_at,
        case when records.updated_at <= records._loaded_at then records.updated_at end
            as edited_at
    from records
    inner join customers
        on records.source_customer_key = customers.source_customer_key
),

judged as (
    select
        *,
        coalesce({{ utc_date('recorded_at') }} > {{ date_literal(var('as_of_date')) }}, false)
            as is_made_later,
        coalesce({{ utc_date('edited_at') }} > {{ date_literal(var('as_of_date')) }}, false)
            as is_changed_later
    from dated
),

known as (
    select
        customer_id,
        source_customer_key,
        source_name,
        source_customer_id,
        recorded_at,
        case when not is_changed_later then first_name end as first_name,
        case when not is_changed_later then last_name end as last_name,
        case when not is_changed_later then email end as email,
        case when not is_changed_later then phone end as phone,
        case when not is_changed_later then birth_date end as birth_date,
        case when not is_changed_later then street end as street,
        case when not is_changed_later then city end as city,
        case when not is_changed_later then state end as state,
        case when not is_changed_later then postcode end as postcode,
        case when not is_changed_later then country end as country,
        case when not is_changed_later then country_code end as country_code,
        case when not is_changed_later then edited_at end as edited_at
    from judged
    where not is_made_later
),

filled as (
    select
        *,
        case when first_name is not null then 1 else 0 end
        + case when last_name is not null then 1 else 0 end
        + case when email is not null then 1 else 0 end
        + case when phone is not null then 1 else 0 end
        + case when street is not null then 1 else 0 end
        + case when city is not null then 1 else 0 end
        + case when country_code is not null then 1 else 0 end
        + case when birth_date is not null then 1 else 0 end as filled_fields
    from known
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
    from filled
)

select * from final
