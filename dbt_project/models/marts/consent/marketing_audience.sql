-- Grain: one row per customer and purpose for which the customer may be contacted.
-- Nobody is in by default: it takes a plain grant that still holds, and the address or number.
-- Nobody is written to at an address of somebody who said no, be it a family's or one of a person
-- whose records were not brought together: who said no would get the mail.
with consents as (
    select * from {{ ref('int_customer_consents_summarised') }}
),

purposes as (
    select * from {{ ref('consent_purposes') }}
),

customers as (
    select * from {{ ref('dim_customers') }}
),

identifiers as (
    select * from {{ ref('bridge_customer_identifiers') }}
),

granted as (
    select * from consents
    where state = 'granted' and not is_withdrawn_later
),

refused as (
    select distinct
        consents.customer_id,
        purposes.purpose,
        purposes.contact_type
    from consents
    inner join purposes
        on consents.purpose in (purposes.purpose, 'processing')
    where consents.state <> 'granted' or consents.is_withdrawn_later
),

refused_contacts as (
    select distinct
        refused.purpose,
        identifiers.identifier_pseudonym
    from refused
    inner join identifiers
        on
            refused.customer_id = identifiers.customer_id
            and refused.contact_type = identifiers.identifier_type
),

contacts as (
    select
        customer_id,
        'email' as contact_type,
        email_pseudonym as contact_pseudonym,
        email_masked as contact_masked
    from customers
    where has_email
    union all
    select
        customer_id,
        'phone' as contact_type,
        phone_pseudonym as contact_pseudonym,
        phone_masked as contact_masked
    from customers
    where has_phone
),

profiled as (
    select granted.customer_id
    from granted
    left join refused
        on
            granted.customer_id = refused.customer_id
            and granted.purpose = refused.purpose
    where granted.purpose = 'profiling' and refused.customer_id is null
),

final as (
    select
        granted.customer_id,
        granted.purpose,
        purposes.channel,
        contacts.contact_pseudonym,
        contacts.contact_masked,
        granted.decided_at as granted_at,
        granted.source_name,
        granted.has_proof,
        profiled.customer_id is not null as allows_profiling
    from granted
    inner join purposes
        on granted.purpose = purposes.purpose
    inner join contacts
        on
            granted.customer_id = contacts.customer_id
            and purposes.contact_type = contacts.contact_type
    left join refused
        on
            granted.customer_id = refused.customer_id
            and granted.purpose = refused.purpose
    left join refused_contacts
        on
            granted.purpose = refused_contacts.purpose
            and contacts.contact_pseudonym = refused_contacts.identifier_pseudonym
    left join profiled
        on granted.customer_id = profiled.customer_id
    where
        purposes.channel is not null
        and refused.customer_id is null
        and refused_contacts.identifier_pseudonym is null
)

select * from final
