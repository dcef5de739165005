-- Grain: one row per process of the lifetime models that was ever tried.
-- The newest fit that knows nothing after the as-of date governs, also where it is a refusal: in a
-- replay of a past day, later fits do not exist.
with fits as (
    select * from {{ ref('stg_ops__lifetime_fits') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

ranked as (
    select
        fits.*,
        row_number() over (
            partition by fits.process
            order by fits.as_of_date desc nulls last, fits.fit_id desc nulls last
        ) as preference
    from fits
    inner join as_of
        on fits.as_of_date <= as_of.as_of_date
    where fits.is_chosen
),

final as (
    select
        fit_id,
        process,
        model,
        status,
        reason,
        as_of_date as fitted_as_of_date,
        customers,
        log_likelihood,
        horizon_days
    from ranked
    where preference = 1
)

select * from final
