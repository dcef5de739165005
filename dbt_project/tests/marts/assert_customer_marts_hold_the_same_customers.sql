-- Invariant: customer_360 holds every customer of dim_customers once, and each of the other
-- customer marts holds exactly those with a purchase.
-- Otherwise a customer would have a segment but no value, or none of both.
with memberships as (
    select
        customer_id,
        'dim_customers' as mart
    from {{ ref('dim_customers') }}
    union all
    select
        customer_id,
        'customer_360' as mart
    from {{ ref('customer_360') }}
    union all
    select
        customer_id,
        'customer_rfm' as mart
    from {{ ref('customer_rfm') }}
    union all
    select
        customer_id,
        'customer_health' as mart
    from {{ ref('customer_health') }}
    union all
    select
        customer_id,
        'customer_clv' as mart
    from {{ ref('customer_clv') }}
    union all
    select
        customer_id,
        'customer_churn' as mart
    from {{ ref('customer_churn') }}
    union all
    select
        customer_id,
        'customer_purchase_forecasts' as mart
    from {{ ref('customer_purchase_forecasts') }}
    union all
    select
        customer_id,
        'customer_metrics' as mart
    from {{ ref('customer_metrics') }}
    union all
    select distinct
        customer_id,
        'fct_transactions' as mart
    from {{ ref('fct_transactions') }}
    where customer_id is not null
),

counted as (
    select
        customer_id,
        count(*) as marts,
        count(*) filter (where mart in ('dim_customers', 'customer_360')) as marts_of_all
    from memberships
    group by customer_id
)

select
    customer_id,
    marts,
    marts_of_all
from counted
where
    marts_of_all <> 2
    or marts not in (2, 9)
