-- Grain: one row per number of repeat purchases and node of the fit that the marts go by.
with fits as (
    select * from {{ ref('int_lifetime_fits_governing') }}
),

nodes as (
    select * from {{ ref('stg_ops__lifetime_dropout_nodes') }}
),

final as (
    select
        nodes.repeat_purchase_days,
        nodes.node,
        nodes.dropout_probability,
        nodes.weight
    from fits
    inner join nodes
        on fits.fit_id = nodes.fit_id
    where fits.process = 'purchases'
)

select * from final
