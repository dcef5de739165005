-- Grain: one row per visit to a workshop that the dealers delivered, whether it counts or not.
-- A visit under warranty is a visit, though it is no purchase: the customer pays nothing.
with service_records as (
    select * from {{ ref('stg_dealership__service_records') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

final as (
    select
        transactions.transaction_key,
        transactions.customer_id,
        {{ vehicle_id('service_records.vin') }} as vehicle_id,
        service_records.vin,
        service_records.dealer_id,
        service_records.service_type,
        transactions.transaction_at as serviced_at,
        transactions.transaction_date as service_date,
        service_records.is_warranty,
        case
            when
                service_records.service_amount >= 0
                and not {{ is_impossible_amount('service_records.service_amount') }}
                then service_records.service_amount
        end as service_amount,
        case
            when transactions.exclusion_reason is null then transactions.amount
            when transactions.exclusion_reason = 'warranty' then cast(0 as numeric(14, 2))
        end as revenue,
        nullif(transactions.exclusion_reason, 'warranty') as exclusion_reason
    from service_records
    inner join transactions
        on 'dealership:service:' || service_records.service_id = transactions.transaction_key
)

select * from final
