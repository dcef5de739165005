-- Invariant: whoever is in the audience has granted the purpose after the last time that they took
-- it back, or took anything back; has not withdrawn processing; has the address or number; and
-- shares it with nobody whose latest word on the purpose is a no.
-- Else people are written to against their will, which the law forbids.
with words as (
    select
        customer_id,
        purpose,
        max(case when decision = 'granted' and exclusion_reason is null then effective_at end)
            as granted_at,
        max(case when decision <> 'granted' then effective_at end) as refused_at
    from {{ ref('int_consent_events_judged') }}
    where customer_id is not null
    group by customer_id, purpose
),

addresses as (
    select
        audience.customer_id,
        audience.purpose,
        audience.channel,
        words.granted_at,
        words.refused_at,
        case audience.channel when 'email' then people.email when 'sms' then people.phone end
            as address,
        case audience.channel
            when 'email' then customers.has_email
            when 'sms' then customers.has_phone
        end as has_address
    from {{ ref('marketing_audience') }} as audience
    left join {{ ref('dim_customers') }} as customers
        on audience.customer_id = customers.customer_id
    left join {{ ref('dim_customers_personal') }} as people
        on audience.customer_id = people.customer_id
    left join words
        on
            audience.customer_id = words.customer_id
            and audience.purpose = words.purpose
),

-- One row per address, as a join that looks up one of two columns compares all with all.
neighbours as (
    select
        customer_id,
        'email' as channel,
        email as address
    from {{ ref('dim_customers_personal') }}
    where email is not null
    union all
    select
        customer_id,
        'sms' as channel,
        phone as address
    from {{ ref('dim_customers_personal') }}
    where phone is not null
)

select
    addresses.customer_id,
    addresses.purpose
from addresses
left join words as on_anything
    on
        addresses.customer_id = on_anything.customer_id
        and on_anything.purpose is null
left join words as on_processing
    on
        addresses.customer_id = on_processing.customer_id
        and on_processing.purpose = 'processing'
where
    addresses.granted_at is null
    or coalesce(addresses.refused_at >= addresses.granted_at, false)
    or coalesce(on_anything.refused_at >= addresses.granted_at, false)
    or coalesce(
        on_processing.refused_at
        >= coalesce(on_processing.granted_at, on_processing.refused_at), false
    )
    or addresses.address is null
    or not coalesce(addresses.has_address, false)
union all
select
    addresses.customer_id,
    addresses.purpose
from addresses
inner join neighbours
    on
        addresses.channel = neighbours.channel
        and addresses.address = neighbours.address
inner join {{ ref('customer_consents') }} as refused
    on
        neighbours.customer_id = refused.customer_id
        and addresses.purpose = refused.purpose
        and refused.state <> 'granted'
