-- Invariant: per source, staging holds the last delivered version of every transaction in raw, in
-- count and in money, however many loads it took.
-- An incremental run that misses a late delivery, or keeps an old version, breaks it.
with deliveries as (
    select
        'shop' as source_name,
        amount,
        _batch_id,
        _line,
        {{ clean_text('order_id') }} as transaction_id
    from {{ source('shop', 'online_transactions') }}
    union all
    select
        {{ external_source_name('source') }} as source_name,
        amount,
        _batch_id,
        _line,
        {{ clean_text('transaction_id') }} as transaction_id
    from {{ source('external', 'transactions') }}
),

versions as (
    select
        source_name,
        amount,
        row_number() over (
            partition by source_name, transaction_id
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from deliveries
    where
        source_name is not null
        and transaction_id is not null
),

delivered as (
    select
        source_name,
        count(*) as transactions,
        coalesce(sum({{ parse_money('amount') }}), 0) as amount
    from versions
    where recency = 1
    group by source_name
),

staged_rows as (
    select
        'shop' as source_name,
        amount
    from {{ ref('stg_shop__online_transactions') }}
    union all
    select
        source_name,
        amount
    from {{ ref('stg_external__transactions') }}
),

staged as (
    select
        source_name,
        count(*) as transactions,
        coalesce(sum(amount), 0) as amount
    from staged_rows
    group by source_name
),

compared as (
    select
        coalesce(delivered.source_name, staged.source_name) as source_name,
        coalesce(delivered.transactions, 0) as delivered_transactions,
        coalesce(staged.transactions, 0) as staged_transactions,
        coalesce(delivered.amount, 0) as delivered_amount,
        coalesce(staged.amount, 0) as staged_amount
    from delivered
    full outer join staged
        on delivered.source_name = staged.source_name
)

select *
from compared
where
    delivered_transactions <> staged_transactions
    or delivered_amount <> staged_amount
