-- Grain: one row per training, comparison and level.
with identity_weights as (
    select * from {{ source('ops', 'identity_weights') }}
),

final as (
    select
        model_id,
        comparison,
        level,
        matches,
        relatives,
        strangers
    from identity_weights
)

select * from final
