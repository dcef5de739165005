-- Grain: one row per store, with or without customers.
with transactions as (
    select * from {{ ref('fct_transactions') }}
),

stores as (
    select * from {{ ref('dim_stores') }}
),

by_customer as (
    select
        store_id,
        customer_id,
        count(*) as transactions,
        sum(quantity) as quantity,
        sum(amount) as revenue,
        min(transaction_date) as first_purchase_date,
        max(transaction_date) as last_purchase_date
    from transactions
    where store_id is not null
    group by store_id, customer_id
),

by_store as (
    select
        store_id,
        count(customer_id) as customers,
        count(case when transactions > 1 then customer_id end) as repeat_customers,
        sum(transactions) as transactions,
        coalesce(sum(transactions) filter (where customer_id is not null), 0)
            as identified_transactions,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        coalesce(sum(revenue) filter (where customer_id is not null), 0) as identified_revenue,
        min(first_purchase_date) as first_purchase_date,
        max(last_purchase_date) as last_purchase_date
    from by_customer
    group by store_id
),

final as (
    select
        stores.store_id,
        stores.store_name,
        stores.source_name,
        stores.country_code,
        stores.country,
        by_store.first_purchase_date,
        by_store.last_purchase_date,
        cast(coalesce(by_store.transactions, 0) as bigint) as transactions,
        cast(
            coalesce(by_store.transactions - by_store.identified_transactions, 0) as bigint
        ) as unidentified_transactions,
        cast(coalesce(by_store.quantity, 0) as bigint) as quantity,
        cast(coalesce(by_store.revenue, 0) as numeric(20, 2)) as revenue,
        cast(by_store.revenue / by_store.transactions as numeric(14, 2))
            as average_transaction_amount,
        cast(
            by_store.identified_transactions * 1.0 / nullif(by_store.customers, 0) as numeric(14, 4)
        ) as transactions_per_customer,
        cast(by_store.identified_revenue / nullif(by_store.customers, 0) as numeric(20, 2))
            as revenue_per_customer,
        cast(by_store.repeat_customers * 1.0 / nullif(by_store.customers, 0) as numeric(7, 6))
            as repeat_customer_share,
        coalesce(by_store.customers, 0) as customers,
        coalesce(by_store.repeat_customers, 0) as repeat_customers
    from stores
    left join by_store
        on stores.store_id = by_store.store_id
)

select * from final
