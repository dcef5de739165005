-- Grain: one row per comparison and level: the newest training's weights, or the shipped defaults.
with default_weights as (
    select * from {{ ref('identity_default_weights') }}
),

trained_weights as (
    select * from {{ ref('stg_ops__identity_weights') }}
),

newest as (
    select max(model_id) as model_id
    from {{ ref('stg_ops__identity_models') }}
),

final as (
    select
        newest.model_id,
        default_weights.comparison,
        default_weights.level,
        default_weights.level_name,
        coalesce(trained_weights.matches, default_weights.matches) as matches,
        coalesce(trained_weights.relatives, default_weights.relatives) as relatives,
        coalesce(trained_weights.strangers, default_weights.strangers) as strangers,
        ln(
            coalesce(trained_weights.matches, default_weights.matches)
            / coalesce(trained_weights.strangers, default_weights.strangers)
        ) / ln(2.0) as match_weight
    from default_weights
    cross join newest
    left join trained_weights
        on
            newest.model_id = trained_weights.model_id
            and default_weights.comparison = trained_weights.comparison
            and default_weights.level = trained_weights.level
)

select * from final
