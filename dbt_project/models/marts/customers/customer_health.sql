-- Grain: one row per customer with at least one purchase.
-- Health is the weighted mean of components of 0 to 100 points; a quintile score of 1 to 5 gives
-- 0, 25, 50, 75 or 100. Weights, points of segments and bands are seeds. What a score has meant for
-- staying is learnt at past days, by the backtests: a logistic curve.
with customers as (
    select * from {{ ref('int_customer_orders_summarised') }}
),

rfm as (
    select * from {{ ref('customer_rfm') }}
),

histories as (
    select * from {{ ref('int_customer_lifetime_summarised') }}
),

segment_points as (
    select * from {{ ref('health_segment_points') }}
),

lifetime_parameters as (
    select
        cast(health_intercept as {{ dbt.type_float() }}) as intercept,
        cast(health_slope as {{ dbt.type_float() }}) as slope
    from {{ ref('int_lifetime_parameters_summarised') }}
),

weights as (
    select
        max(weight) filter (where component = 'recency') as recency_weight,
        max(weight) filter (where component = 'frequency') as frequency_weight,
        max(weight) filter (where component = 'monetary') as monetary_weight,
        max(weight) filter (where component = 'order_value') as order_value_weight,
        max(weight) filter (where component = 'segment') as segment_weight
    from {{ ref('health_weights') }}
),

bands as (
    select
        health_band,
        minimum_score,
        lead(minimum_score) over (order by minimum_score asc nulls first) as next_minimum_score
    from {{ ref('health_bands') }}
),

order_values_scored as (
    select
        customer_id,
        {{ quintile_score('average_order_value asc nulls first') }} as order_value_score
    from customers
),

components as (
    select
        rfm.customer_id,
        rfm.as_of_date,
        segment_points.points as segment_points,
        25 * (rfm.recency_score - 1) as recency_points,
        25 * (rfm.frequency_score - 1) as frequency_points,
        25 * (rfm.monetary_score - 1) as monetary_points,
        25 * (order_values_scored.order_value_score - 1) as order_value_points
    from rfm
    inner join order_values_scored
        on rfm.customer_id = order_values_scored.customer_id
    left join segment_points
        on rfm.segment = segment_points.segment
),

weighted as (
    select
        components.*,
        cast(
            weights.recency_weight * components.recency_points
            + weights.frequency_weight * components.frequency_points
            + weights.monetary_weight * components.monetary_points
            + weights.order_value_weight * components.order_value_points
            + weights.segment_weight * components.segment_points
            as numeric(5, 2)
        ) as health_score
    from components
    cross join weights
),

final as (
    select
        weighted.customer_id,
        weighted.as_of_date,
        weighted.recency_points,
        weighted.frequency_points,
        weighted.monetary_points,
        weighted.order_value_points,
        weighted.segment_points,
        weighted.health_score,
        bands.health_band,
        weighted.health_score < {{ var('health_high_risk_below') }} as is_high_risk,
        case
            when histories.is_modelled
                then cast(1 / (1 + exp(
                    -lifetime_parameters.intercept
                    - lifetime_parameters.slope * weighted.health_score
                )) as numeric(7, 6))
        end as health_churn_probability
    from weighted
    cross join lifetime_parameters
    left join histories
        on weighted.customer_id = histories.customer_id
    left join bands
        on
            weighted.health_score >= bands.minimum_score
            and (
                weighted.health_score < bands.next_minimum_score
                or bands.next_minimum_score is null
            )
)

select * from final
