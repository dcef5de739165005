-- Grain: one row per customer, kind of identifier, identifier and system that gave it.
-- A customer has several of each kind, and several customers may share one, as families do: count
-- customers, not rows, after a join over this table.
with identifiers as (
    select * from {{ ref('int_customer_identifiers_unioned') }}
),

customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

holders as (
    select
        identifier_type,
        identifier,
        {{ pseudonym('identifier') }} as identifier_pseudonym,
        case identifier_type
            when 'email' then {{ masked_email('identifier') }}
            when 'phone' then {{ masked_phone('identifier') }}
        end as identifier_masked,
        min(customer_id) as first_customer_id,
        max(customer_id) as last_customer_id
    from identifiers
    group by identifier_type, identifier
),

final as (
    select
        identifiers.customer_id,
        identifiers.identifier_type,
        identifiers.source_name,
        identifiers.times_given,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        holders.identifier_pseudonym,
        holders.identifier_masked,
        holders.first_customer_id <> holders.last_customer_id as is_shared,
        case
            when identifiers.identifier_type = 'email'
                then coalesce(identifiers.identifier = customers.email, false)
            when identifiers.identifier_type = 'phone'
                then coalesce(identifiers.identifier = customers.phone, false)
        end as is_golden
    from identifiers
    inner join customers
        on identifiers.customer_id = customers.customer_id
    inner join holders
        on
            identifiers.identifier_type = holders.identifier_type
            and identifiers.identifier = holders.identifier
)

select * from final
