-- Grain: one row per customer with at least one purchase.
-- Forecasts of the lifetime models from the parameters in ops, worked out in logarithms; powers of
-- customers with many purchases would overflow. Without a fit the past rhythm and the customer's
-- own mean stand in, and forecast_method and amount_method say so. Of a customer whom the fitted
-- model does not know, nothing is expected: one car a year ago is no rhythm.
with customers as (
    select * from {{ ref('int_customer_lifetime_summarised') }}
),

parameters as (
    select * from {{ ref('int_lifetime_parameters_summarised') }}
),

expectations as (
    select * from {{ ref('int_lifetime_expectations_summarised') }}
),

scaled as (
    select
        customers.*,
        parameters.purchase_model as fitted_model,
        case when customers.is_modelled then parameters.purchase_model end as purchase_model,
        case when customers.is_modelled then parameters.spend_model end as spend_model,
        parameters.a,
        parameters.b,
        parameters.p,
        parameters.q,
        parameters.v,
        customers.repeat_purchase_days + parameters.first_counts as chances_to_leave,
        parameters.r + customers.repeat_purchase_days as shape,
        parameters.alpha
        + customers.days_since_first_purchase / cast(7 as {{ dbt.type_float() }}) as scale_today,
        parameters.alpha
        + customers.days_first_to_last_purchase / cast(7 as {{ dbt.type_float() }})
            as scale_at_last,
        {{ var('churn_horizon_days') }} / cast(7 as {{ dbt.type_float() }}) as horizon_weeks,
        case
            when parameters.purchase_model is not null and not customers.is_modelled then 0.0
            else 1.0 * customers.purchase_days / greatest(
                customers.days_since_first_purchase, {{ var('clv_minimum_observed_days') }}
            )
        end as purchases_per_day
    from customers
    cross join parameters
),

probabilities as (
    select
        *,
        case
            when purchase_model is null then null
            when chances_to_leave = 0 then 1
            else 1 / (
                1 + exp(greatest(least(
                    ln(a / (b + chances_to_leave - 1)) + shape * ln(scale_today / scale_at_last),
                    700
                ), -700))
            )
        end as probability_alive,
        exp(greatest(-shape * ln(1 + horizon_weeks / scale_today), -700))
            as none_if_alive,
        case
            when spend_model is null then gross_spend / purchase_days
            else p * (v + repeat_spend) / (p * repeat_purchase_days + q - 1)
        end as purchase_day_amount
    from scaled
),

forecast as (
    select
        probabilities.customer_id,
        probabilities.as_of_date,
        probabilities.probability_alive,
        probabilities.purchase_day_amount,
        case
            when probabilities.purchase_model is not null then probabilities.purchase_model
            when probabilities.fitted_model is not null then 'not_modelled'
            else 'naive'
        end as forecast_method,
        coalesce(probabilities.spend_model, 'naive') as amount_method,
        1 - probabilities.probability_alive * (1 - probabilities.none_if_alive)
            as probability_of_no_purchase,
        coalesce(
            probabilities.probability_alive * expectations.purchases_12_months_if_alive,
            probabilities.purchases_per_day * {{ var('days_per_year') }}
        ) as purchases_12_months,
        coalesce(
            probabilities.probability_alive * expectations.purchases_36_months_if_alive,
            3 * probabilities.purchases_per_day * {{ var('days_per_year') }}
        ) as purchases_36_months,
        coalesce(
            probabilities.probability_alive * expectations.discounted_12_months_if_alive,
            probabilities.purchases_per_day * {{ var('days_per_year') }}
        ) as discounted_12_months,
        coalesce(
            probabilities.probability_alive * expectations.discounted_36_months_if_alive,
            3 * probabilities.purchases_per_day * {{ var('days_per_year') }}
        ) as discounted_36_months
    from probabilities
    left join expectations
        on
            probabilities.is_modelled
            and probabilities.repeat_purchase_days = expectations.repeat_purchase_days
            and probabilities.days_since_first_purchase = expectations.days_since_first_purchase
),

final as (
    select
        customer_id,
        as_of_date,
        forecast_method,
        amount_method,
        cast(probability_alive as numeric(7, 6)) as probability_alive,
        cast(probability_of_no_purchase as numeric(7, 6)) as probability_of_no_purchase,
        cast(purchases_12_months as numeric(16, 4)) as expected_purchases_12_months,
        cast(purchases_36_months as numeric(16, 4)) as expected_purchases_36_months,
        cast(purchase_day_amount as numeric(20, 2)) as expected_purchase_amount,
        cast(discounted_12_months * purchase_day_amount as numeric(20, 2))
            as predicted_value_12_months,
        cast(discounted_36_months * purchase_day_amount as numeric(20, 2))
            as predicted_value_36_months
    from forecast
)

select * from final
