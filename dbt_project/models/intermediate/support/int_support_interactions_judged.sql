-- Grain: one row per contact that the support desk delivered, whether it counts or not.
-- What was not known on the as-of date is not there: a contact that was resolved later is pending.
with interactions as (
    select * from {{ ref('stg_support__service_interactions') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

keyed as (
    select
        interactions.*,
        as_of.as_of_date,
        'shop:' || interactions.source_customer_id as source_customer_key,
        {{ utc_date('interactions.opened_at') }} as opened_date,
        {{ utc_date('interactions._loaded_at') }} as loaded_date,
        coalesce({{ utc_date('interactions.resolved_at') }} > as_of.as_of_date, false)
            as is_resolved_later
    from interactions
    cross join as_of
),

judged as (
    select
        keyed.interaction_id,
        keyed.source_customer_key,
        customers.customer_id,
        keyed.agent_id,
        keyed.opened_at,
        keyed.opened_date,
        keyed.channel,
        keyed.issue_type,
        case when keyed.is_resolved_later then 'pending' else keyed.resolution_status end
            as resolution_status,
        case when not keyed.is_resolved_later then keyed.resolved_at end as resolved_at,
        coalesce(keyed.resolution_status = 'resolved' and not keyed.is_resolved_later, false)
            as is_resolved,
        coalesce(keyed.is_escalated, false) as is_escalated,
        case
            when
                not keyed.is_resolved_later
                and keyed.satisfaction
                between {{ var('lowest_satisfaction') }} and {{ var('highest_satisfaction') }}
                then keyed.satisfaction
        end as satisfaction,
        case
            when keyed.resolved_at >= keyed.opened_at and not keyed.is_resolved_later
                then {{ hours_between('keyed.opened_at', 'keyed.resolved_at') }}
        end as resolution_hours,
        case
            when keyed.opened_date is null then 'invalid_date'
            when {{ is_implausible_date('keyed.opened_date') }} then 'implausible_date'
            when keyed.opened_date > keyed.loaded_date then 'future_date'
            when keyed.opened_date > keyed.as_of_date then 'after_as_of_date'
        end as exclusion_reason
    from keyed
    left join customers
        on keyed.source_customer_key = customers.source_customer_key
)

select * from judged
