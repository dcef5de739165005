-- Grain: one row per vehicle sale that the dealers delivered, whether it counts or not.
-- Whose it is and whether it counts is judged once, for all transactions.
with vehicle_sales as (
    select * from {{ ref('stg_dealership__vehicle_sales') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

final as (
    select
        transactions.transaction_key,
        transactions.customer_id,
        {{ vehicle_id('vehicle_sales.vin') }} as vehicle_id,
        vehicle_sales.vin,
        vehicle_sales.model_name,
        vehicle_sales.dealer_id,
        transactions.transaction_at as sold_at,
        transactions.transaction_date as sale_date,
        transactions.amount as sale_price,
        vehicle_sales.financing_type,
        {{ vehicle_id('vehicle_sales.trade_in_vin') }} as trade_in_vehicle_id,
        vehicle_sales.trade_in_vin,
        transactions.exclusion_reason
    from vehicle_sales
    inner join transactions
        on 'dealership:vehicle:' || vehicle_sales.sale_id = transactions.transaction_key
)

select * from final
