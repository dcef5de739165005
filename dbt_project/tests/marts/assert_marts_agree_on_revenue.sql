-- Invariant: customers plus orphans, and all days, hold the purchases and refunds of the facts.
-- Otherwise two reports of the same period would show different revenue.
with facts as (
    select
        (select count(*) from {{ ref('fct_transactions') }}) as orders,
        (select coalesce(sum(amount), 0) from {{ ref('fct_transactions') }}) as purchased,
        (select coalesce(sum(amount), 0) from {{ ref('fct_returns') }}) as refunded
),

parts as (
    select
        'customer_360' as mart,
        orders,
        gross_spend as purchased,
        refunded_amount as refunded
    from {{ ref('customer_360') }}
    union all
    select
        'customer_360' as mart,
        1 as orders,
        amount as purchased,
        0 as refunded
    from {{ ref('fct_transactions') }}
    where customer_id is null
    union all
    select
        'customer_360' as mart,
        0 as orders,
        0 as purchased,
        fct_returns.amount as refunded
    from {{ ref('fct_returns') }} as fct_returns
    left join {{ ref('customer_360') }} as customer_360
        on
            fct_returns.customer_id = customer_360.customer_id
            and customer_360.orders > 0
    where customer_360.customer_id is null
    union all
    select
        'daily_metrics' as mart,
        transactions as orders,
        gross_revenue as purchased,
        refunded_amount as refunded
    from {{ ref('daily_metrics') }}
),

marts as (
    select
        mart,
        sum(orders) as orders,
        sum(purchased) as purchased,
        sum(refunded) as refunded
    from parts
    group by mart
)

select
    marts.mart,
    marts.orders,
    facts.orders as fact_orders,
    marts.purchased,
    facts.purchased as fact_purchased,
    marts.refunded,
    facts.refunded as fact_refunded
from marts
cross join facts
where
    marts.orders <> facts.orders
    or marts.purchased <> facts.purchased
    or marts.refunded <> facts.refunded
