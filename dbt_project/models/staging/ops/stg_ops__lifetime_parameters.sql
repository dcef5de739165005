-- Grain: one row per fit and parameter.
with lifetime_parameters as (
    select * from {{ source('ops', 'lifetime_parameters') }}
),

final as (
    select
        fit_id,
        parameter,
        value,
        standard_error
    from lifetime_parameters
)

select * from final
