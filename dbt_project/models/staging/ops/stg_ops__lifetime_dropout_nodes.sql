-- Grain: one row per fit, number of repeat purchases and node.
with lifetime_dropout_nodes as (
    select * from {{ source('ops', 'lifetime_dropout_nodes') }}
),

final as (
    select
        fit_id,
        repeat_purchase_days,
        node,
        dropout_probability,
        weight
    from lifetime_dropout_nodes
)

select * from final
