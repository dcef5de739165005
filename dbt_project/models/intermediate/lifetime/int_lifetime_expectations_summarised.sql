-- Grain: one row per distinct pair of repeat purchases and age in days; none without a fit.
-- Expected purchases of one who is alive: Fader, Hardie, Lee (2005), equation (10) over P(alive),
-- as the integral over the dropout probability p, of which ops holds the quadrature:
--     sum of weight * (1 - (1 + p t / (alpha + T))^-(r + x)) / p.
-- Discounted, E[X(i)] - E[X(i - 1)] counts (1 + d)^-(i / 12); summed by parts, each E[X(i)] has one
-- factor. Many customers share a pair, so this is done once for all of them.
with customers as (
    select * from {{ ref('int_customer_lifetime_summarised') }}
    where is_modelled
),

parameters as (
    select * from {{ ref('int_lifetime_parameters_summarised') }}
    where purchase_model is not null
),

nodes as (
    select * from {{ ref('int_lifetime_nodes_summarised') }}
),

months as (
    select *
    from {{ discounted_months(var('clv_yearly_discount_rate'), var('days_per_year')) }}
),

histories as (
    select distinct
        repeat_purchase_days,
        days_since_first_purchase
    from customers
),

most_repeats as (
    select max(repeat_purchase_days) as repeat_purchase_days
    from nodes
),

histories_scaled as (
    select
        histories.repeat_purchase_days,
        histories.days_since_first_purchase,
        least(histories.repeat_purchase_days, most_repeats.repeat_purchase_days)
            as node_repeat_purchase_days,
        parameters.r + histories.repeat_purchase_days as shape,
        parameters.alpha
        + histories.days_since_first_purchase / cast(7 as {{ dbt.type_float() }}) as scale
    from histories
    cross join parameters
    cross join most_repeats
),

purchases_by_node as (
    select
        histories_scaled.repeat_purchase_days,
        histories_scaled.days_since_first_purchase,
        months.month_number,
        months.twelve_months_factor,
        months.thirty_six_months_factor,
        nodes.weight / nodes.dropout_probability * (
            1 - exp(greatest(
                -histories_scaled.shape
                * ln(1 + nodes.dropout_probability * months.weeks / histories_scaled.scale),
                -700
            ))
        ) as purchases
    from histories_scaled
    inner join nodes
        on histories_scaled.node_repeat_purchase_days = nodes.repeat_purchase_days
    cross join months
),

final as (
    select
        repeat_purchase_days,
        days_since_first_purchase,
        cast(sum(purchases) filter (where month_number = 12) as numeric(20, 6))
            as purchases_12_months_if_alive,
        cast(sum(purchases) filter (where month_number = 36) as numeric(20, 6))
            as purchases_36_months_if_alive,
        cast(sum(twelve_months_factor * purchases) as numeric(20, 6))
            as discounted_12_months_if_alive,
        cast(sum(thirty_six_months_factor * purchases) as numeric(20, 6))
            as discounted_36_months_if_alive
    from purchases_by_node
    group by repeat_purchase_days, days_since_first_purchase
)

select * from final
