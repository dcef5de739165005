-- Grain: one row per customer, kind of identifier, identifier and system that gave it.
-- Devices come from what people did, former ids from the memory of identity, everything else from
-- their records.
with records as (
    select * from {{ ref('int_customer_records_ranked') }}
),

devices as (
    select * from {{ ref('int_customer_devices_summarised') }}
),

forwards as (
    select * from {{ ref('customer_id_forwards') }}
),

identifiers as (
    select
        customer_id,
        'email' as identifier_type,
        email as identifier,
        source_name,
        recorded_at as first_seen_at,
        changed_at as last_seen_at
    from records
    union all
    select
        customer_id,
        'phone' as identifier_type,
        phone as identifier,
        source_name,
        recorded_at as first_seen_at,
        changed_at as last_seen_at
    from records
    union all
    select
        customer_id,
        'source_key' as identifier_type,
        source_customer_key as identifier,
        source_name,
        recorded_at as first_seen_at,
        changed_at as last_seen_at
    from records
    union all
    select
        customer_id,
        'loyalty_id' as identifier_type,
        source_customer_id as identifier,
        source_name,
        recorded_at as first_seen_at,
        changed_at as last_seen_at
    from records
    where source_name = 'loyalty'
    union all
    select
        customer_id,
        'device' as identifier_type,
        device_id as identifier,
        'digital' as source_name,
        first_seen_at,
        last_seen_at
    from devices
    union all
    select
        customer_id,
        'former_customer_id' as identifier_type,
        former_customer_id as identifier,
        'identity' as source_name,
        null as first_seen_at,
        null as last_seen_at
    from forwards
),

final as (
    select
        customer_id,
        identifier_type,
        identifier,
        source_name,
        count(*) as times_given,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from identifiers
    where identifier is not null
    group by customer_id, identifier_type, identifier, source_name
)

select * from final
