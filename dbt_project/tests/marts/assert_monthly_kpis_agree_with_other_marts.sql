-- Invariant: all months hold the net revenue of the facts; after the last one there are as many
-- customers as customer_rfm has, and as many active ones as customer_360 has.
-- Otherwise churn and acquisition, which run on from month to month, would drift away unseen.
with months as (
    select
        sum(net_revenue) as net_revenue,
        max(customers_to_date) as customers,
        max(kpi_month) as last_month
    from {{ ref('monthly_kpis') }}
),

last_months as (
    select
        months.net_revenue,
        months.customers,
        monthly_kpis.active_base_at_end as active_customers
    from months
    inner join {{ ref('monthly_kpis') }} as monthly_kpis
        on months.last_month = monthly_kpis.kpi_month
),

others as (
    select
        (select coalesce(sum(amount), 0) from {{ ref('fct_transactions') }})
        - (select coalesce(sum(amount), 0) from {{ ref('fct_returns') }}) as net_revenue,
        (select count(*) from {{ ref('customer_rfm') }}) as customers,
        (
            select count(*) filter (where is_active)
            from {{ ref('customer_360') }}
        ) as active_customers
)

select
    last_months.net_revenue,
    others.net_revenue as other_net_revenue,
    last_months.customers,
    others.customers as other_customers,
    last_months.active_customers,
    others.active_customers as other_active_customers
from last_months
cross join others
where
    last_months.net_revenue <> others.net_revenue
    or last_months.customers <> others.customers
    or last_months.active_customers <> others.active_customers
