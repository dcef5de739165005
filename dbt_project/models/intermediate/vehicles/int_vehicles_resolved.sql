-- Grain: one row per vehicle that was sold, given in or brought to a workshop.
-- A vehicle is its last buyer's until it is given in. One that the dealers never had is taken for
-- that of whoever brought it last.
with sales as (
    select * from {{ ref('int_vehicle_sales_judged') }}
    where exclusion_reason is null
),

visits as (
    select * from {{ ref('int_service_visits_judged') }}
    where exclusion_reason is null and vehicle_id is not null
),

mentions as (
    select
        vehicle_id,
        vin
    from sales
    where vehicle_id is not null
    union
    select
        trade_in_vehicle_id as vehicle_id,
        trade_in_vin as vin
    from sales
    where trade_in_vehicle_id is not null
    union
    select
        vehicle_id,
        vin
    from visits
),

sales_ranked as (
    select
        *,
        min(sale_date) over (partition by vehicle_id) as first_sale_date,
        count(*) over (partition by vehicle_id) as times_sold,
        row_number() over (
            partition by vehicle_id
            order by sold_at desc nulls last, transaction_key desc nulls last
        ) as recency
    from sales
    where vehicle_id is not null
),

given_in as (
    select
        trade_in_vehicle_id as vehicle_id,
        max(sold_at) as given_in_at,
        max(sale_date) as given_in_date
    from sales
    where trade_in_vehicle_id is not null
    group by trade_in_vehicle_id
),

visits_ranked as (
    select
        *,
        count(*) over (partition by vehicle_id) as service_visits,
        sum(case when is_warranty then 1 else 0 end) over (partition by vehicle_id)
            as warranty_visits,
        row_number() over (
            partition by vehicle_id
            order by serviced_at desc nulls last, transaction_key desc nulls last
        ) as recency
    from visits
),

joined as (
    select
        mentions.vehicle_id,
        mentions.vin,
        sales_ranked.model_name,
        sales_ranked.customer_id as buyer_id,
        sales_ranked.first_sale_date,
        sales_ranked.sale_date as last_sale_date,
        given_in.given_in_date,
        visits_ranked.customer_id as visitor_id,
        visits_ranked.service_date as last_service_date,
        coalesce(sales_ranked.times_sold, 0) as times_sold,
        coalesce(visits_ranked.service_visits, 0) as service_visits,
        coalesce(visits_ranked.warranty_visits, 0) as warranty_visits,
        coalesce(given_in.given_in_at >= sales_ranked.sold_at, given_in.given_in_at is not null)
            as is_given_in
    from mentions
    left join sales_ranked
        on mentions.vehicle_id = sales_ranked.vehicle_id and sales_ranked.recency = 1
    left join given_in
        on mentions.vehicle_id = given_in.vehicle_id
    left join visits_ranked
        on mentions.vehicle_id = visits_ranked.vehicle_id and visits_ranked.recency = 1
),

final as (
    select
        vehicle_id,
        vin,
        model_name,
        times_sold,
        first_sale_date,
        last_sale_date,
        given_in_date,
        is_given_in,
        service_visits,
        warranty_visits,
        last_service_date,
        case
            when is_given_in then null
            when times_sold > 0 then buyer_id
            else visitor_id
        end as customer_id,
        case
            when is_given_in then 'none'
            when times_sold > 0 then 'sale'
            else 'service'
        end as ownership_basis
    from joined
)

select * from final
