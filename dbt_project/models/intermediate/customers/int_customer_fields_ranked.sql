-- Grain: one row per customer record, with its rank for each part of the golden record.
-- A source's trust outranks recency, so that a stale import into a CRM cannot replace what the
-- customer told the shop. Given and family name are one part, and so is an address, so that nobody
-- gets a mixture; a whole one comes before half a one, whatever the trust.
with records as (
    select * from {{ ref('int_customer_records_ranked') }}
),

trust as (
    select * from {{ ref('source_trust') }}
),

default_trust as (
    select * from {{ ref('source_trust') }}
    where source_name = 'other'
),

trusted as (
    select
        records.*,
        coalesce(trust.name_rank, default_trust.name_rank) as name_trust,
        coalesce(trust.email_rank, default_trust.email_rank) as email_trust,
        coalesce(trust.phone_rank, default_trust.phone_rank) as phone_trust,
        coalesce(trust.birth_date_rank, default_trust.birth_date_rank) as birth_date_trust,
        coalesce(trust.address_rank, default_trust.address_rank) as address_trust,
        case
            when records.first_name is not null and records.last_name is not null then 1
            when records.first_name is not null or records.last_name is not null then 2
        end as name_gaps,
        case when records.email is not null then 1 end as email_gaps,
        case when records.phone is not null then 1 end as phone_gaps,
        case when records.birth_date is not null then 1 end as birth_date_gaps,
        case
            when records.street is not null and records.city is not null then 1
            when records.city is not null or records.country is not null then 2
        end as address_gaps
    from records
    cross join default_trust
    left join trust
        on records.source_name = trust.source_name
),

final as (
    select
        customer_id,
        source_customer_key,
        source_name,
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
        changed_at,
        case when name_gaps is not null then row_number() over (
            partition by customer_id
            order by name_gaps asc nulls last, name_trust asc nulls last, preference asc nulls last
        ) end as name_preference,
        case when email_gaps is not null then row_number() over (
            partition by customer_id
            order by
                email_gaps asc nulls last, email_trust asc nulls last, preference asc nulls last
        ) end as email_preference,
        case when phone_gaps is not null then row_number() over (
            partition by customer_id
            order by
                phone_gaps asc nulls last, phone_trust asc nulls last, preference asc nulls last
        ) end as phone_preference,
        case when birth_date_gaps is not null then row_number() over (
            partition by customer_id
            order by
                birth_date_gaps asc nulls last,
                birth_date_trust asc nulls last,
                preference asc nulls last
        ) end as birth_date_preference,
        case when address_gaps is not null then row_number() over (
            partition by customer_id
            order by
                address_gaps asc nulls last, address_trust asc nulls last, preference asc nulls last
        ) end as address_preference
    from trusted
)

select * from final
