-- Grain: one row per vehicle that was sold, given in or brought to a workshop.
with vehicles as (
    select * from {{ ref('int_vehicles_resolved') }}
),

final as (
    select
        vehicle_id,
        model_name,
        customer_id,
        ownership_basis,
        times_sold,
        first_sale_date,
        last_sale_date,
        given_in_date,
        is_given_in,
        service_visits,
        warranty_visits,
        last_service_date
    from vehicles
)

select * from final
