-- Grain: one row per vehicle.
with vehicles as (
    select * from {{ ref('int_vehicles_resolved') }}
),

final as (
    select
        vehicle_id,
        customer_id,
        vin
    from vehicles
)

select * from final
