-- Grain: one row per visit to a workshop that counts, paid by the customer or under warranty.
-- What the customer paid also stands in fct_transactions, under the same id.
with visits as (
    select * from {{ ref('int_service_visits_judged') }}
),

visits_counted as (
    select
        transaction_key as service_visit_id,
        customer_id,
        vehicle_id,
        dealer_id,
        service_type,
        serviced_at,
        service_date,
        is_warranty,
        service_amount,
        revenue,
        case when not is_warranty then transaction_key end as transaction_id
    from visits
    where exclusion_reason is null
)

select * from visits_counted
