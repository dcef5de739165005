-- Grain: one row, also where nothing was ever fitted; then every parameter is null.
-- A refused fit has no parameters, so its columns are null too.
with fits as (
    select * from {{ ref('int_lifetime_fits_governing') }}
),

parameters as (
    select * from {{ ref('stg_ops__lifetime_parameters') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

named as (
    select
        fits.process,
        fits.model,
        fits.horizon_days,
        parameters.parameter,
        parameters.value
    from fits
    inner join parameters
        on fits.fit_id = parameters.fit_id
    where fits.status = 'fitted'
),

pivoted as (
    select
        max(model) filter (where process = 'purchases') as purchase_model,
        max(value) filter (where process = 'purchases' and parameter = 'r') as r,
        max(value) filter (where process = 'purchases' and parameter = 'alpha') as alpha,
        max(value) filter (where process = 'purchases' and parameter = 'a') as a,
        max(value) filter (where process = 'purchases' and parameter = 'b') as b,
        max(model) filter (where process = 'spend') as spend_model,
        max(value) filter (where process = 'spend' and parameter = 'p') as p,
        max(value) filter (where process = 'spend' and parameter = 'q') as q,
        max(value) filter (where process = 'spend' and parameter = 'v') as v,
        max(horizon_days) filter (where process = 'health_churn') as health_horizon_days,
        max(value) filter (where process = 'health_churn' and parameter = 'intercept')
            as health_intercept,
        max(value) filter (where process = 'health_churn' and parameter = 'slope')
            as health_slope
    from named
),

final as (
    select
        as_of.as_of_date,
        pivoted.purchase_model,
        pivoted.r,
        pivoted.alpha,
        pivoted.a,
        pivoted.b,
        pivoted.spend_model,
        pivoted.p,
        pivoted.q,
        pivoted.v,
        pivoted.health_horizon_days,
        pivoted.health_intercept,
        pivoted.health_slope,
        -- MBG/NBD: a customer may leave after the first purchase too.
        case when pivoted.purchase_model = 'mbg_nbd' then 1 else 0 end as first_counts
    from as_of
    cross join pivoted
)

select * from final
