-- Grain: one row per customer who bought a vehicle or brought one to a workshop.
with sales as (
    select * from {{ ref('int_vehicle_sales_judged') }}
),

visits as (
    select * from {{ ref('int_service_visits_judged') }}
),

vehicles as (
    select * from {{ ref('int_vehicles_resolved') }}
),

events as (
    select
        customer_id,
        cast(null as date) as service_date,
        sale_date,
        1 as vehicles_bought,
        0 as service_visits,
        cast(0 as numeric(14, 2)) as revenue
    from sales
    where exclusion_reason is null and customer_id is not null
    union all
    select
        customer_id,
        service_date,
        cast(null as date) as sale_date,
        0 as vehicles_bought,
        1 as service_visits,
        coalesce(revenue, 0) as revenue
    from visits
    where exclusion_reason is null and customer_id is not null
),

summed as (
    select
        customer_id,
        cast(sum(revenue) as numeric(20, 2)) as service_revenue,
        sum(vehicles_bought) as vehicles_bought,
        max(sale_date) as last_vehicle_purchase_date,
        sum(service_visits) as service_visits,
        max(service_date) as last_service_date
    from events
    group by customer_id
),

owned as (
    select
        customer_id,
        count(*) as vehicles_owned
    from vehicles
    where customer_id is not null and ownership_basis = 'sale'
    group by customer_id
),

final as (
    select
        summed.customer_id,
        summed.vehicles_bought,
        summed.last_vehicle_purchase_date,
        summed.service_visits,
        summed.service_revenue,
        summed.last_service_date,
        coalesce(owned.vehicles_owned, 0) as vehicles_owned
    from summed
    left join owned
        on summed.customer_id = owned.customer_id
)

select * from final
