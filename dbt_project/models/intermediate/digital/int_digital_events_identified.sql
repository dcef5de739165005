-- Grain: one row per event, whether it counts or not.
-- Who was logged in outranks whom a mail went to. An event that names nobody belongs to the owner
-- of its device, if all events of the device that name somebody name the same customer; a device
-- that a household shares tells nothing.
with events as (
    select * from {{ ref('stg_digital__events') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

mailboxes as (
    select
        records.email,
        min(customers.customer_id) as customer_id
    from records
    inner join customers
        on records.source_customer_key = customers.source_customer_key
    where records.email is not null
    group by records.email
    having min(customers.customer_id) = max(customers.customer_id)
),

dated as (
    select
        *,
        'shop:' || source_customer_id as source_customer_key,
        {{ utc_date('occurred_at') }} as event_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from events
),

named as (
    select
        dated.event_id,
        dated.occurred_at,
        dated.event_date,
        dated.device_id,
        dated.interaction_type,
        dated.page,
        dated.campaign,
        coalesce(customers.customer_id, mailboxes.customer_id) as customer_id,
        case
            when customers.customer_id is not null then 'customer_id'
            when mailboxes.customer_id is not null then 'email'
        end as identified_by,
        case
            when dated.event_date is null then 'invalid_date'
            when {{ is_implausible_date('dated.event_date') }} then 'implausible_date'
            when dated.event_date > dated.loaded_date then 'future_date'
            when dated.event_date > as_of.as_of_date then 'after_as_of_date'
        end as exclusion_reason
    from dated
    cross join as_of
    left join customers
        on dated.source_customer_key = customers.source_customer_key
    left join mailboxes
        on dated.email = mailboxes.email
),

device_owners as (
    select
        device_id,
        min(customer_id) as customer_id
    from named
    where exclusion_reason is null and device_id is not null
    group by device_id
    having min(customer_id) = max(customer_id)
),

final as (
    select
        named.event_id,
        named.occurred_at,
        named.event_date,
        named.device_id,
        named.interaction_type,
        named.page,
        named.campaign as campaign_name,
        named.exclusion_reason,
        lower(named.campaign) as campaign_id,
        coalesce(named.customer_id, device_owners.customer_id) as customer_id,
        case
            when named.customer_id is not null then named.identified_by
            when device_owners.customer_id is not null then 'device'
        end as identified_by
    from named
    left join device_owners
        on named.device_id = device_owners.device_id
)

select * from final
