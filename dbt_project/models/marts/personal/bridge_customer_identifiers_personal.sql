-- Grain: one row per customer, kind of identifier, identifier and system that gave it.
with identifiers as (
    select * from {{ ref('int_customer_identifiers_unioned') }}
),

final as (
    select
        customer_id,
        identifier_type,
        identifier,
        source_name,
        {{ pseudonym('identifier') }} as identifier_pseudonym
    from identifiers
)

select * from final
