-- Grain: one row per customer who had done anything by the as-of date, whatever the records say.
-- A record may be younger than what its customer did: an account made anew, a date written wrong.
-- A new kind of fact that carries customers is one more branch of the union.
with activities as (
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_transactions_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_loyalty_points_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_support_interactions_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_service_visits_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_opportunities_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_campaign_sessions_judged') }}
    union all
    select
        customer_id,
        exclusion_reason
    from {{ ref('int_digital_events_identified') }}
),

customers as (
    select distinct customer_id
    from activities
    where customer_id is not null and coalesce(exclusion_reason, '') <> 'after_as_of_date'
)

select * from customers
