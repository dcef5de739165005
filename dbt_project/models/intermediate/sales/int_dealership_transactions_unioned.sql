-- Grain: one row per vehicle that the dealers sold and per visit to their workshops.
-- Models and kinds of service stand for products: dealers deliver no catalogue.
{{ config(materialized='view') }}

with vehicle_sales as (
    select * from {{ ref('stg_dealership__vehicle_sales') }}
),

service_records as (
    select * from {{ ref('stg_dealership__service_records') }}
),

unioned as (
    select
        'dealership:vehicle:' || sale_id as transaction_key,
        'dealership' as source_name,
        'vehicle' as channel,
        'dealership:' || source_customer_id as source_customer_key,
        'dealership' as product_source_name,
        'vehicle:' || model_name as source_product_id,
        model_name as product_name,
        'Vehicles' as category,
        cast(null as {{ dbt.type_string() }}) as source_store_id,
        sold_at as transaction_at,
        1 as quantity,
        sale_price as amount,
        'completed' as status,
        financing_type as payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        false as has_refunds_as_negatives,
        _loaded_at
    from vehicle_sales
    union all
    select
        'dealership:service:' || service_id as transaction_key,
        'dealership' as source_name,
        'service' as channel,
        'dealership:' || source_customer_id as source_customer_key,
        'dealership' as product_source_name,
        'service:' || service_type as source_product_id,
        service_type as product_name,
        'Vehicle Service' as category,
        cast(null as {{ dbt.type_string() }}) as source_store_id,
        serviced_at as transaction_at,
        1 as quantity,
        service_amount as amount,
        case when is_warranty then 'warranty' else 'completed' end as status,
        cast(null as {{ dbt.type_string() }}) as payment_method,
        cast(null as {{ dbt.type_string() }}) as campaign,
        false as has_refunds_as_negatives,
        _loaded_at
    from service_records
)

select * from unioned
