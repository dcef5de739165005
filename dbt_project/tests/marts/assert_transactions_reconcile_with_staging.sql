-- Invariant: per source, the transactions of staging are those of fct_transactions plus those left
-- out, each for one reason, in count and in money.
-- A join that doubles or a filter that loses transactions breaks it, and every revenue with it.
with staged as (
    select
        'shop' as source_name,
        amount
    from {{ ref('stg_shop__online_transactions') }}
    union all
    select
        'dealership' as source_name,
        sale_price as amount
    from {{ ref('stg_dealership__vehicle_sales') }}
    union all
    select
        'dealership' as source_name,
        service_amount as amount
    from {{ ref('stg_dealership__service_records') }}
    union all
    select
        'stores' as source_name,
        amount
    from {{ ref('stg_stores__instore_transactions') }}
    union all
    select
        'retail_api' as source_name,
        amount
    from {{ ref('int_retail_api_transactions_priced') }}
    union all
    select
        source_name,
        amount
    from {{ ref('stg_external__transactions') }}
),

staged_by_source as (
    select
        source_name,
        count(*) as transactions,
        coalesce(sum(amount), 0) as amount
    from staged
    group by source_name
),

counted as (
    select
        source_name,
        amount
    from {{ ref('fct_transactions') }}
    union all
    select
        source_name,
        amount
    from {{ ref('int_transactions_judged') }}
    where exclusion_reason is not null
),

counted_by_source as (
    select
        source_name,
        count(*) as transactions,
        coalesce(sum(amount), 0) as amount
    from counted
    group by source_name
),

compared as (
    select
        coalesce(staged_by_source.source_name, counted_by_source.source_name) as source_name,
        coalesce(staged_by_source.transactions, 0) as staged_transactions,
        coalesce(counted_by_source.transactions, 0) as counted_transactions,
        coalesce(staged_by_source.amount, 0) as staged_amount,
        coalesce(counted_by_source.amount, 0) as counted_amount
    from staged_by_source
    full outer join counted_by_source
        on staged_by_source.source_name = counted_by_source.source_name
)

select *
from compared
where
    staged_transactions <> counted_transactions
    or staged_amount <> counted_amount
