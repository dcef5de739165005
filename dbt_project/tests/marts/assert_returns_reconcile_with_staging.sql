-- Invariant: the returns of staging and the refunds among its transactions are those of fct_returns
-- plus those left out, each for one reason, in count and in money.
-- Otherwise refunds are lost or doubled, and net revenue is wrong.
with delivered as (
    select amount
    from {{ ref('stg_shop__returns') }}
    union all
    select -amount as amount
    from {{ ref('int_transactions_judged') }}
    where exclusion_reason = 'refund'
),

delivered_total as (
    select
        count(*) as returns,
        coalesce(sum(amount), 0) as amount
    from delivered
),

counted as (
    select amount
    from {{ ref('fct_returns') }}
    union all
    select amount
    from {{ ref('int_returns_unioned') }}
    where exclusion_reason is not null
),

counted_total as (
    select
        count(*) as returns,
        coalesce(sum(amount), 0) as amount
    from counted
)

select
    delivered_total.returns as delivered_returns,
    counted_total.returns as counted_returns,
    delivered_total.amount as delivered_amount,
    counted_total.amount as counted_amount
from delivered_total
cross join counted_total
where
    delivered_total.returns <> counted_total.returns
    or delivered_total.amount <> counted_total.amount
