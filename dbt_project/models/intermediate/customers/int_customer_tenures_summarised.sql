-- Grain: one row per customer, with or without a purchase.
-- Some buy before any system has a record of them, so the earlier of both begins the tenure.
with customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

orders as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

seen as (
    select
        customers.customer_id,
        as_of.as_of_date,
        least({{ utc_date('customers.first_record_at') }}, orders.first_purchase_date)
            as first_seen_date
    from customers
    cross join as_of
    left join orders
        on customers.customer_id = orders.customer_id
),

tenures as (
    select
        customer_id,
        as_of_date,
        first_seen_date,
        -- null stays null: greatest() alone would make it 0.
        case
            when first_seen_date is not null
                then greatest({{ days_between('first_seen_date', 'as_of_date') }}, 0)
        end as tenure_days
    from seen
),

final as (
    select
        *,
        cast(tenure_days / {{ var('days_per_year') }} as numeric(6, 2)) as tenure_years
    from tenures
)

select * from final
