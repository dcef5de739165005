-- Grain: one row per month from the first business date's to the as-of date's, quiet ones too.
-- Sums are those of daily_metrics, so that days and months cannot disagree; a month that is not
-- over says so.
with days as (
    select * from {{ ref('daily_metrics') }}
),

flows as (
    select * from {{ ref('int_customer_flows_summarised') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

months_summed as (
    select
        {{ month_start('metric_date') }} as kpi_month,
        max({{ dbt.last_day('metric_date', 'month') }}) as month_end_date,
        sum(transactions) as transactions,
        sum(gross_revenue) as gross_revenue,
        sum(returns) as returns,
        sum(refunded_amount) as refunded_amount,
        sum(net_revenue) as net_revenue,
        sum(support_contacts) as support_contacts,
        sum(marketing_spend) as marketing_spend
    from days
    group by {{ month_start('metric_date') }}
),

months_joined as (
    select
        months_summed.*,
        months_summed.month_end_date <= as_of.as_of_date as is_complete_month,
        coalesce(flows.active_customers, 0) as active_customers,
        coalesce(flows.new_customers, 0) as new_customers,
        coalesce(flows.repeat_customers, 0) as repeat_customers,
        coalesce(flows.retained_customers, 0) as retained_customers,
        coalesce(flows.reactivated_customers, 0) as reactivated_customers,
        coalesce(flows.churned_customers, 0) as churned_customers,
        coalesce(flows.gross_spend, 0) as known_gross_spend,
        coalesce(flows.refunded_amount, 0) as known_refunded_amount
    from months_summed
    cross join as_of
    left join flows
        on months_summed.kpi_month = flows.activity_month
),

running as (
    select
        *,
        lag(active_customers) over (order by kpi_month asc nulls last)
            as previous_active_customers,
        sum(new_customers) over (order by kpi_month asc nulls last) as customers_to_date,
        sum(known_gross_spend - known_refunded_amount) over (order by kpi_month asc nulls last)
            as known_net_revenue_to_date,
        sum(new_customers + reactivated_customers - churned_customers) over (
            order by kpi_month asc nulls last
        ) as active_base_at_end
    from months_joined
),

measured as (
    select
        *,
        active_base_at_end - new_customers - reactivated_customers + churned_customers
            as active_base_at_start,
        marketing_spend / nullif(new_customers, 0) as customer_acquisition_cost,
        known_net_revenue_to_date / nullif(customers_to_date, 0) as historical_clv
    from running
),

final as (
    select
        kpi_month,
        is_complete_month,
        cast(transactions as bigint) as transactions,
        cast(gross_revenue as numeric(20, 2)) as gross_revenue,
        cast(returns as bigint) as returns,
        cast(refunded_amount as numeric(20, 2)) as refunded_amount,
        cast(net_revenue as numeric(20, 2)) as net_revenue,
        cast(active_customers as bigint) as active_customers,
        cast(new_customers as bigint) as new_customers,
        cast(active_customers - new_customers as bigint) as returning_customers,
        cast(repeat_customers as bigint) as repeat_customers,
        cast(retained_customers as bigint) as retained_customers,
        cast(reactivated_customers as bigint) as reactivated_customers,
        cast(churned_customers as bigint) as churned_customers,
        cast(customers_to_date as bigint) as customers_to_date,
        cast(active_base_at_start as bigint) as active_base_at_start,
        cast(active_base_at_end as bigint) as active_base_at_end,
        cast(known_gross_spend / nullif(active_customers, 0) as numeric(20, 2))
            as average_revenue_per_user,
        cast(gross_revenue / nullif(transactions, 0) as numeric(20, 2)) as average_order_value,
        cast(1.0 * repeat_customers / nullif(active_customers, 0) as numeric(7, 6))
            as repeat_share,
        cast(1.0 * retained_customers / nullif(previous_active_customers, 0) as numeric(7, 6))
            as retention_share,
        cast(1.0 * churned_customers / nullif(active_base_at_start, 0) as numeric(16, 6))
            as churn_share,
        cast(marketing_spend as numeric(20, 2)) as marketing_spend,
        cast(customer_acquisition_cost as numeric(20, 2)) as customer_acquisition_cost,
        cast(historical_clv as numeric(20, 2)) as historical_clv,
        cast(historical_clv / nullif(customer_acquisition_cost, 0) as numeric(24, 4))
            as clv_to_cac_ratio,
        cast(1.0 * returns / nullif(transactions, 0) as numeric(16, 6)) as return_ratio,
        cast(refunded_amount / nullif(gross_revenue, 0) as numeric(24, 6)) as refund_ratio,
        cast(support_contacts as bigint) as support_contacts,
        cast(1.0 * support_contacts / nullif(transactions, 0) as numeric(16, 6))
            as support_contacts_per_order
    from measured
)

select * from final
