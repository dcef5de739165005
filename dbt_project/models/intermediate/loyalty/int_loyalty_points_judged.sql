-- Grain: one row per booking of points that the programme delivered, whether it counts or not.
-- Nothing is dropped: a row that must not count says why, so that counts and points reconcile.
with loyalty_transactions as (
    select * from {{ ref('stg_loyalty__loyalty_transactions') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

keyed as (
    select
        *,
        'loyalty:' || loyalty_id as source_customer_key,
        {{ utc_date('occurred_at') }} as occurred_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from loyalty_transactions
),

judged as (
    select
        keyed.loyalty_transaction_id,
        keyed.loyalty_id,
        keyed.source_customer_key,
        customers.customer_id,
        keyed.occurred_at,
        keyed.occurred_date,
        keyed.points_change,
        keyed.reason,
        case
            when keyed.occurred_date is null then 'invalid_date'
            when {{ is_implausible_date('keyed.occurred_date') }} then 'implausible_date'
            when keyed.occurred_date > keyed.loaded_date then 'future_date'
            when keyed.occurred_date > as_of.as_of_date then 'after_as_of_date'
            when keyed.points_change is null then 'invalid_points'
        end as exclusion_reason
    from keyed
    cross join as_of
    left join customers
        on keyed.source_customer_key = customers.source_customer_key
)

select * from judged
