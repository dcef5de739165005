-- Grain: one row per lifetime model and fit.
with lifetime_fits as (
    select * from {{ source('ops', 'lifetime_fits') }}
),

final as (
    select
        fit_id,
        as_of_date,
        first_purchase_date,
        last_purchase_date,
        process,
        model,
        is_chosen,
        status,
        reason,
        customers,
        log_likelihood,
        horizon_days,
        fitted_at
    from lifetime_fits
)

select * from final
